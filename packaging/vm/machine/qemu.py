# SPDX-License-Identifier: Apache-2.0
"""The machine: QEMU with a disk of its own, a TPM TIS on swtpm, and two forwarded ports."""
import glob
import os
import re
import shutil
import subprocess
import time

from lab.process import Process, Trouble, free_port, wait_until

from .guest import Guest
from .tpm import MachineTpm

# QEMU 7.2 emulates cmpxchg16b with wrong flags when an interrupt follows: Linux 6.12 then faults in its allocator.
ACCELERATORS = {"kvm": ["-accel", "kvm", "-cpu", "host", "-smp", "2"], "tcg": ["-accel", "tcg", "-cpu", "max,-cx16", "-smp", "1"]}
POLICY = "ima_policy=tcb"


class Machine:
    """Off until boot(); the disk and the TPM keep what was done to them until the run ends."""

    def __init__(self, image, folder, sockets, authority, accelerator):
        self.image, self.folder, self.sockets, self.accelerator = image, folder, sockets, accelerator
        self.disk = os.path.join(folder, "disk.img")
        subprocess.run(["cp", "--sparse=always", os.path.join(image, "base.img"), self.disk], check=True)
        self.tpm = MachineTpm(os.path.join(folder, "tpm"), authority, sockets)
        self.ssh_port, self.agent_port = free_port(), free_port()
        self.guest = Guest(self.ssh_port, os.path.join(image, "key"), folder, sockets)
        self.process, self.boots, self.options = None, 0, POLICY

    def kernels(self):
        """Versions of the image's kernels, the oldest first."""
        found = [os.path.basename(path).removeprefix("vmlinuz-") for path in glob.glob(os.path.join(self.image, "vmlinuz-*"))]
        return sorted(found, key=lambda version: [int(number) for number in re.findall(r"\d+", version)[:3]])

    def running(self):
        return self.process is not None and self.process.running()

    def boot(self, kernel=None, options=None):
        """Powers on and waits until a shell answers; options are the kernel line's beside the console's and the disk's."""
        kernel = kernel or self.kernels()[0]
        self.options = POLICY if options is None else options
        for _ in range(3):
            start = time.monotonic()
            self._switch_on(kernel)
            print(f"  boot {self.boots}: {kernel}, {self.options} ({self.accelerator}, {time.monotonic() - start:.0f} s)", flush=True)
            if not self._tpm_was_late():
                return
            self.power_off()
        raise Trouble("the TPM answered the kernel too late in three boots: this machine is too busy for emulation")

    def _switch_on(self, kernel):
        self.boots += 1
        self.tpm.power_on()
        self.process = Process("the machine", self._command(kernel), os.path.join(self.folder, f"console-{self.boots}.log"))
        wait_until("a shell in the machine", lambda: self.guest.ask("true", 60)[0] == 0, 400, self.process, 0.5)

    def _tpm_was_late(self):
        """A time-out of the emulated TPM loses extends: no list of such a boot can ever match its quotes."""
        late = self.guest.ask("dmesg | grep -e 'Error Communicating to TPM' -e 'Operation Timed out'")[1].strip()
        if late:
            print(f"  the emulated TPM was too slow for the kernel, the machine is booted again: {late.splitlines()[0]}", flush=True)
        return bool(late)

    def _command(self, kernel):
        forward = f"hostfwd=tcp:127.0.0.1:{self.ssh_port}-:22,hostfwd=tcp:127.0.0.1:{self.agent_port}-:9002"
        return ["nice", "-n", "-5", "qemu-system-x86_64", *ACCELERATORS[self.accelerator], "-m", "1536", "-no-reboot", "-display", "none",
                "-kernel", os.path.join(self.image, f"vmlinuz-{kernel}"), "-initrd", os.path.join(self.image, f"initrd-{kernel}"),
                "-append", f"console=ttyS0 root=/dev/vda rw quiet oops=panic panic=-1 {self.options}",
                "-drive", f"file={self.disk},format=raw,if=virtio,cache=unsafe",
                "-chardev", f"socket,id=tpm,path={self.tpm.socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
                "-device", "tpm-tis,tpmdev=tpm0", "-device", "virtio-rng-pci",
                "-netdev", f"user,id=net,{forward}", "-device", "virtio-net-pci,netdev=net", "-serial", "stdio", "-monitor", "none"]

    def power_off(self):
        """In order, as systemd does it: what it takes is bounded by the units' stop times."""
        if not self.running():
            return
        self.guest.ask("systemctl poweroff --no-block", 60)
        self.guest.hang_up()
        try:
            self.process.child.wait(300)
        except subprocess.TimeoutExpired as hung:
            raise Trouble(f"the machine does not power off:\n{self.process.tail()}") from hung
        self.tpm.power_off()

    def reboot(self, **how):
        self.power_off()
        self.boot(**how)

    def close(self):
        """Whatever it does: off, its disk gone, its logs kept."""
        if self.running():
            self._keep_journal()
            self.guest.hang_up()
            self.process.stop(seconds=5)
        self.tpm.power_off()
        if os.path.exists(self.disk):
            os.unlink(self.disk)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _keep_journal(self):
        with open(os.path.join(self.folder, "journal.log"), "w", encoding="utf-8") as file:
            file.write(self.guest.ask("journalctl --no-pager -o short-monotonic", 120)[1])


def accelerator(image, folder, seconds=20):
    """kvm where a kernel really boots with it, else emulation: the device alone proves nothing."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    log = os.path.join(folder, "kvm-probe.log")
    kernel = sorted(glob.glob(os.path.join(image, "vmlinuz-*")))[0]
    probe = Process("the probe", ["qemu-system-x86_64", *ACCELERATORS["kvm"], "-m", "256", "-no-reboot", "-display", "none", "-nic", "none",
                                  "-kernel", kernel, "-append", "console=ttyS0 panic=-1", "-serial", "stdio", "-monitor", "none"], log)
    try:  # without a root file system it panics, and so ends: that is a boot
        code = probe.child.wait(seconds)
    except subprocess.TimeoutExpired:
        code = None
    probe.stop(seconds=1)
    with open(log, "rb") as console:
        return "kvm" if code == 0 and b"Kernel panic" in console.read() else "tcg"
