// SPDX-License-Identifier: Apache-2.0
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * What the tests came to: reads the reports of all modules, says what failed and what was skipped,
 * and fails when a test was skipped without a reason in {@code packaging/allowed-skips}, when an
 * entry of that file is stale, and when a module that has tests ran none.
 *
 * <p>Usage: {@code java TestReport.java ROOT SCRIPTS_PASSED SCRIPTS_FAILED}; the last line is
 * {@code N passed, N failed, N skipped}.
 */
final class TestReport {
    private final Path root;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> skipped = new TreeSet<>();
    private int passed;
    private int failed;
    private int skips;

    private TestReport(Path root, int passed, int failed) {
        this.root = root;
        this.passed = passed;
        this.failed = failed;
    }

    public static void main(String[] args) throws Exception {
        TestReport report =
                new TestReport(
                        Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        for (Path module : report.modules()) {
            report.readModule(module);
        }
        report.judgeSkips();
        report.problems.forEach(problem -> System.out.println("  " + problem));
        System.out.printf(
                "%d passed, %d failed, %d skipped%n", report.passed, report.failed, report.skips);
        System.exit(report.failed == 0 && report.problems.isEmpty() && report.passed > 0 ? 0 : 1);
    }

    private List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .sorted()
                    .toList();
        }
    }

    private void readModule(Path module) throws Exception {
        int before = passed + failed;
        for (Path file : reports(module)) {
            readReport(file);
        }
        int ran = passed + failed - before;
        if (ran == 0 && hasTests(module)) {
            problems.add("module " + module.getFileName() + ": has tests, but none ran");
        }
        if (ran > 0) {
            System.out.printf("  %-20s %d%n", module.getFileName(), ran);
        }
    }

    private static List<Path> reports(Path module) throws IOException {
        Path folder = module.resolve("target/surefire-reports");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(TestReport::isReport).sorted().toList();
        }
    }

    private static boolean isReport(Path file) {
        return file.getFileName().toString().matches("TEST-.*\\.xml");
    }

    private static boolean hasTests(Path module) throws IOException {
        Path sources = module.resolve("src/test/java");
        if (!Files.isDirectory(sources)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files.anyMatch(file -> file.toString().endsWith("Test.java"));
        }
    }

    private void readReport(Path file) throws Exception {
        NodeList cases = parser().parse(file.toFile()).getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            readCase((Element) cases.item(i));
        }
    }

    private static DocumentBuilder parser() throws ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder();
    }

    private void readCase(Element test) {
        String name = nameOf(test);
        if (has(test, "failure") || has(test, "error")) {
            failed++;
            problems.add("failed: " + name);
        } else if (has(test, "skipped")) {
            skips++;
            skipped.add(name);
        } else {
            passed++;
        }
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }

    /**
     * CLASS#METHOD without what a parameterized test adds, or CLASS where the whole class was
     * skipped.
     */
    private static String nameOf(Element test) {
        String method = test.getAttribute("name").replaceFirst("[({\\[ ].*$", "");
        String type = test.getAttribute("classname");
        return method.isEmpty() || method.equals(type) ? type : type + "#" + method;
    }

    private void judgeSkips() throws IOException {
        Map<String, String> allowed = allowedSkips();
        for (String name : skipped) {
            String reason = allowed.get(name);
            if (reason == null) {
                problems.add("skipped, but not named in packaging/allowed-skips: " + name);
            } else {
                System.out.println("  skipped: " + name + " - " + reason);
            }
        }
    }

    private Map<String, String> allowedSkips() throws IOException {
        Map<String, String> allowed = new TreeMap<>();
        Set<String> stale = new HashSet<>();
        for (String line : Files.readAllLines(root.resolve("packaging/allowed-skips"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.strip().split("\\s+", 2);
            String name = parts[0].replaceFirst("^\\?", "");
            if (parts.length < 2) {
                problems.add("packaging/allowed-skips: no reason for " + name);
            }
            if (allowed.put(name, parts.length < 2 ? "" : parts[1]) != null) {
                problems.add("packaging/allowed-skips: named twice: " + name);
            }
            if (!skipped.contains(name) && !parts[0].startsWith("?")) {
                stale.add(name);
            }
        }
        stale.forEach(
                name -> problems.add("packaging/allowed-skips: stale, was not skipped: " + name));
        return allowed;
    }
}
