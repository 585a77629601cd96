// SPDX-License-Identifier: Apache-2.0
/**
 * The service manager's side of a daemon's life: notifications and watchdog ({@code sd_notify(3)}),
 * passed descriptors ({@code sd_listen_fds(3)}), credentials ({@code systemd.exec(5)}), journal
 * priorities ({@code sd-daemon(3)}). Silent where the environment says that there is no manager;
 * native code is loaded only where it says that there is one.
 *
 * <p>Ways in: {@link attestation.systemd.Notifier}, {@link attestation.systemd.Watchdog}, {@link
 * attestation.systemd.PassedDescriptors}, {@link attestation.systemd.Credentials}, {@link
 * attestation.systemd.JournalLogging}.
 */
@NullMarked
package attestation.systemd;

import org.jspecify.annotations.NullMarked;
