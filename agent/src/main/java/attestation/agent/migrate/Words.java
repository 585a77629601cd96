// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.util.ArrayList;
import java.util.List;

/** Splits a line at blanks outside of quotes, and takes quotes and backslashes away. */
final class Words {
    private static final String LETTERS = "abfnrtv";
    private static final String CONTROLS = "\u0007\b\f\n\r\t\u000b";
    private static final int OCTAL_DIGITS = 3;

    private final String text;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private Words(String text) {
        this.text = text;
    }

    /** The words, in order; what is not closed goes to the end. */
    static List<String> of(String text) {
        return new Words(text).split();
    }

    private List<String> split() {
        while (at < text.length()) {
            char next = text.charAt(at++);
            switch (next) {
                case ' ', '\t', '\n' -> end();
                case '"', '\'' -> quoted(next);
                case '\\' -> escaped();
                default -> add(next);
            }
        }
        end();
        return words;
    }

    private void quoted(char quote) {
        inWord = true;
        boolean dollar = quote == '\'' && word.length() == 1 && word.charAt(0) == '$';
        if (dollar) {
            word.setLength(0); // $'…', the form that newer systemctl prints
        }
        while (at < text.length() && text.charAt(at) != quote) {
            char next = text.charAt(at++);
            if (next == '\\' && (quote == '"' || dollar)) {
                escaped();
            } else {
                word.append(next);
            }
        }
        at++;
    }

    private void escaped() {
        if (at == text.length()) {
            return;
        }
        char next = text.charAt(at);
        int control = LETTERS.indexOf(next);
        if (control >= 0) {
            at++;
            add(CONTROLS.charAt(control));
        } else if (next >= '0' && next <= '3' && at + OCTAL_DIGITS <= text.length()) {
            octal();
        } else {
            at++;
            add(next);
        }
    }

    private void octal() {
        try {
            add((char) Integer.parseInt(text, at, at + OCTAL_DIGITS, 8));
            at += OCTAL_DIGITS;
        } catch (NumberFormatException e) {
            add(text.charAt(at++));
        }
    }

    private void add(char next) {
        inWord = true;
        word.append(next);
    }

    private void end() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
