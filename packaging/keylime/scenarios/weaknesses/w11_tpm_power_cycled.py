# SPDX-License-Identifier: Apache-2.0
"""W11: the TPM is power-cycled under the running agent, which loads its key again and goes on quoting"""
from lab.process import wait_until


def run(scene):
    host = scene.registered_host("w11", entries=20)
    with scene.client(host) as client:
        assert client.identity().status == 200
    host.tpm.power_off()
    host.tpm.power_on()
    wait_until("quotes are answered again", lambda: _status(scene, host) == 200, 120, host.agent)


def _status(scene, host):
    with scene.client(host) as client:
        return client.identity().status
