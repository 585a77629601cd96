// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import java.util.Map;

/** Names of TCG_EVENTTYPE (PC Client Platform Firmware Profile §10.4.1). */
final class EventTypes {
    static final long POST_CODE = 0x1;
    static final long SEPARATOR = 0x4;
    static final long ACTION = 0x5;
    static final long EVENT_TAG = 0x6;
    static final long S_CRTM_VERSION = 0x8;
    static final long COMPACT_HASH = 0xc;
    static final long IPL = 0xd;
    static final long OMIT_BOOT_DEVICE_EVENTS = 0x12;
    static final long EFI_VARIABLE_DRIVER_CONFIG = 0x80000001L;
    static final long EFI_VARIABLE_BOOT = 0x80000002L;
    static final long EFI_BOOT_SERVICES_APPLICATION = 0x80000003L;
    static final long EFI_BOOT_SERVICES_DRIVER = 0x80000004L;
    static final long EFI_RUNTIME_SERVICES_DRIVER = 0x80000005L;
    static final long EFI_ACTION = 0x80000007L;
    static final long EFI_PLATFORM_FIRMWARE_BLOB = 0x80000008L;
    static final long EFI_PLATFORM_FIRMWARE_BLOB2 = 0x8000000aL;
    static final long EFI_VARIABLE_BOOT2 = 0x8000000cL;
    static final long EFI_VARIABLE_AUTHORITY = 0x800000e0L;

    private static final Map<Long, String> NAMES =
            Map.ofEntries(
                    Map.entry(0x0L, "EV_PREBOOT_CERT"),
                    Map.entry(POST_CODE, "EV_POST_CODE"),
                    Map.entry(0x2L, "EV_UNUSED"),
                    Map.entry(FirmwareEvent.EV_NO_ACTION, "EV_NO_ACTION"),
                    Map.entry(SEPARATOR, "EV_SEPARATOR"),
                    Map.entry(ACTION, "EV_ACTION"),
                    Map.entry(EVENT_TAG, "EV_EVENT_TAG"),
                    Map.entry(0x7L, "EV_S_CRTM_CONTENTS"),
                    Map.entry(S_CRTM_VERSION, "EV_S_CRTM_VERSION"),
                    Map.entry(0x9L, "EV_CPU_MICROCODE"),
                    Map.entry(0xaL, "EV_PLATFORM_CONFIG_FLAGS"),
                    Map.entry(0xbL, "EV_TABLE_OF_DEVICES"),
                    Map.entry(COMPACT_HASH, "EV_COMPACT_HASH"),
                    Map.entry(IPL, "EV_IPL"),
                    Map.entry(0xeL, "EV_IPL_PARTITION_DATA"),
                    Map.entry(0xfL, "EV_NONHOST_CODE"),
                    Map.entry(0x10L, "EV_NONHOST_CONFIG"),
                    Map.entry(0x11L, "EV_NONHOST_INFO"),
                    Map.entry(OMIT_BOOT_DEVICE_EVENTS, "EV_OMIT_BOOT_DEVICE_EVENTS"),
                    Map.entry(0x13L, "EV_POST_CODE2"),
                    Map.entry(0x80000000L, "EV_EFI_EVENT_BASE"),
                    Map.entry(EFI_VARIABLE_DRIVER_CONFIG, "EV_EFI_VARIABLE_DRIVER_CONFIG"),
                    Map.entry(EFI_VARIABLE_BOOT, "EV_EFI_VARIABLE_BOOT"),
                    Map.entry(EFI_BOOT_SERVICES_APPLICATION, "EV_EFI_BOOT_SERVICES_APPLICATION"),
                    Map.entry(EFI_BOOT_SERVICES_DRIVER, "EV_EFI_BOOT_SERVICES_DRIVER"),
                    Map.entry(EFI_RUNTIME_SERVICES_DRIVER, "EV_EFI_RUNTIME_SERVICES_DRIVER"),
                    Map.entry(0x80000006L, "EV_EFI_GPT_EVENT"),
                    Map.entry(EFI_ACTION, "EV_EFI_ACTION"),
                    Map.entry(EFI_PLATFORM_FIRMWARE_BLOB, "EV_EFI_PLATFORM_FIRMWARE_BLOB"),
                    Map.entry(0x80000009L, "EV_EFI_HANDOFF_TABLES"),
                    Map.entry(EFI_PLATFORM_FIRMWARE_BLOB2, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"),
                    Map.entry(0x8000000bL, "EV_EFI_HANDOFF_TABLES2"),
                    Map.entry(EFI_VARIABLE_BOOT2, "EV_EFI_VARIABLE_BOOT2"),
                    Map.entry(0x8000000dL, "EV_EFI_GPT_EVENT2"),
                    Map.entry(0x80000010L, "EV_EFI_HCRTM_EVENT"),
                    Map.entry(EFI_VARIABLE_AUTHORITY, "EV_EFI_VARIABLE_AUTHORITY"),
                    Map.entry(0x800000e1L, "EV_EFI_SPDM_FIRMWARE_BLOB"),
                    Map.entry(0x800000e2L, "EV_EFI_SPDM_FIRMWARE_CONFIG"),
                    Map.entry(0x800000e3L, "EV_EFI_SPDM_DEVICE_POLICY"),
                    Map.entry(0x800000e4L, "EV_EFI_SPDM_DEVICE_AUTHORITY"));

    private EventTypes() {}

    static String name(long type) {
        return NAMES.getOrDefault(type, "unknown event type 0x" + Long.toHexString(type));
    }
}
