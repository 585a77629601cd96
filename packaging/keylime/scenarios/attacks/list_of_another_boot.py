# SPDX-License-Identifier: Apache-2.0
"""the list of an earlier, harmless boot is put in the place of this boot's, which ran an unknown file: it does not replay"""


def run(scene):
    host = scene.attested_host("otherboot", entries=60)
    host.stop_agent()
    host.boot(scene.recording[:60])
    host.run_unknown()
    host.rewrite_list(lambda lines: [entry.line for entry in scene.recording[:90]])
    host.start_agent()
    scene.wait_failed(host, "ima.pcr_mismatch")
