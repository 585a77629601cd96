// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.reflect.Proxy;

/**
 * Signals of the process. The JDK has them in {@code jdk.unsupported} only; they are reached by
 * reflection, and without them the JVM's own treatment stays.
 */
final class SystemSignals {
    private static final Logger LOG = LoggerFactory.getLogger(SystemSignals.class);

    private SystemSignals() {}

    /** Has {@code action} run, on a thread of the JVM, each time the signal comes. */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            SystemSignals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    run(action, method.getName(), self, arguments));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.warn("signal {} is not handled reason={}", name, e.toString());
        }
    }

    private static Object run(Runnable action, String method, Object self, Object[] arguments) {
        return switch (method) {
            case "equals" -> System.identityHashCode(self) == System.identityHashCode(arguments[0]);
            case "hashCode" -> System.identityHashCode(self);
            case "toString" -> "signal handler";
            default -> {
                action.run();
                yield "";
            }
        };
    }
}
