# SPDX-License-Identifier: Apache-2.0
"""Keylime's registrar, verifier and tenant from PyPI, unmodified, on ports of this run, with short retry times."""
import base64
import contextlib
import glob
import http.client
import json
import os
import re
import sqlite3
import ssl
import subprocess
import sys
import tarfile
import threading

from .process import Process, Trouble, free_port, listens, wait_until

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REQUIREMENTS = os.path.join(HERE, "requirements.txt")


class Servers:
    """cache outlives a run (virtual environment, templates); folder is this run's (configuration, databases, keys)."""

    def __init__(self, cache, folder, authority):
        self.cache, self.folder, self.authority = cache, folder, authority
        self.venv = os.path.join(cache, "venv")
        self.work = os.path.join(folder, "work")
        self.client_ca = os.path.join(self.work, "cv_ca", "cacert.crt")  # what these three are is Keylime's default
        self.client_certificate = os.path.join(self.work, "cv_ca", "client-cert.crt")
        self.client_key = os.path.join(self.work, "cv_ca", "client-private.pem")
        self.registrar_port, self.registrar_tls_port, self.verifier_port = free_port(), free_port(), free_port()
        self.registrar = self.verifier = None
        self.env = {**os.environ, "KEYLIME_DIR": self.work, "PYTHONWARNINGS": "ignore"}
        for part in ("verifier", "registrar", "tenant", "ca", "logging"):
            self.env[f"KEYLIME_{part.upper()}_CONFIG"] = os.path.join(folder, "conf", f"{part}.conf")

    def install(self):
        with open(REQUIREMENTS, encoding="utf-8") as file:
            wanted = file.read()
        stamp = os.path.join(self.cache, "installed")
        if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
            return
        _run(sys.executable, "-m", "venv", "--clear", self.venv)
        pip = os.path.join(self.venv, "bin", "pip")
        _run(pip, "install", "-q", "-r", REQUIREMENTS)
        self._link_gpg()
        version = re.search(r"(?m)^keylime==(\S+)", wanted)[1]
        source = os.path.join(self.cache, "source")
        _run(pip, "download", "-q", "--no-deps", "--no-binary", "keylime", "-d", source, f"keylime=={version}")
        with tarfile.open(os.path.join(source, f"keylime-{version}.tar.gz")) as archive:
            archive.extractall(source, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(source)
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(wanted)

    def _link_gpg(self):
        """The one package that is the distribution's."""
        found = subprocess.run(
            ["/usr/bin/python3", "-c", "import gpg, os; print(os.path.dirname(gpg.__file__))"],
            stdout=subprocess.PIPE, text=True, check=False)
        if found.returncode:
            raise Trouble("Keylime needs the distribution's gpg binding (Debian: python3-gpg)")
        packages = glob.glob(os.path.join(self.venv, "lib", "python3*", "site-packages"))[0]
        os.symlink(found.stdout.strip(), os.path.join(packages, "gpg"))

    def configure(self, verifier=(), registrar=(), tenant=()):
        """Keylime's own templates, with the ports of this run, short waits, and what else a scenario wants."""
        conf = os.path.join(self.folder, "conf")
        store = os.path.join(self.folder, "certificates")
        for folder in (conf, self.work, store):
            os.makedirs(folder)
        templates = glob.glob(os.path.join(self.cache, "source", "keylime-*", "templates"))[0]
        _run(self._program("keylime_upgrade_config"), "--defaults", "--templates", templates, "--out", conf)
        for name in ("swtpm-localca-rootca-cert.pem", "issuercert.pem"):
            certificate = os.path.join(self.authority, "var", "lib", "swtpm-localca", name)
            os.symlink(certificate, os.path.join(store, name))
        ports = {"registrar_port": self.registrar_tls_port, "verifier_port": self.verifier_port}
        self.set("registrar", port=self.registrar_port, tls_port=self.registrar_tls_port, **dict(registrar))
        self.set("ca", password="laboratory")  # else the tenant asks for one
        # So many retries that an agent's restart on a busy machine is never too slow.
        self.set("verifier", port=self.verifier_port, registrar_port=self.registrar_tls_port, **{
            "quote_interval": 1, "retry_interval": 1, "exponential_backoff": False, "max_retries": 90, "num_workers": 1,
            **dict(verifier)})
        self.set("tenant", **{
            **ports, "tpm_cert_store": store, "retry_interval": 1, "exponential_backoff": False, "max_retries": 10, **dict(tenant)})

    def set(self, part, copy=None, **options):
        """Options of verifier, registrar or tenant, for its next start; in a copy of its file if that is named."""
        path = os.path.join(self.folder, "conf", f"{part}.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        path = copy or path
        for name, value in options.items():
            text, changed = re.subn(rf"(?m)^{name} *=.*$", f"{name} = {value}", text)
            if changed != 1:
                raise Trouble(f"{path}: option {name} is there {changed} times (expected: once)")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def start(self):
        self.start_verifier() # makes the certificates of all
        self.start_registrar()

    def start_verifier(self):
        self.verifier = self._start("verifier")
        wait_until("the verifier answers", lambda: os.path.exists(self.client_ca) and self._answers(self.verifier_port), 90, self.verifier)

    def restart_verifier(self):
        self.verifier.stop(seconds=20)
        self.start_verifier()

    def start_registrar(self):
        self.registrar = self._start("registrar")
        wait_until("the registrar answers", lambda: listens(self.registrar_port) and self._answers(self.registrar_tls_port), 90,
                   self.registrar)

    def _answers(self, port):
        """A server may listen before it can answer."""
        try:
            return listens(port) and self._exchange("GET", port, "/version")  # a verifier in push mode: 410, an answer as well
        except (OSError, http.client.HTTPException):
            return False

    def _start(self, name):
        return Process(name, [self._program(f"keylime_{name}")], os.path.join(self.folder, f"{name}.log"), self.env, self.folder)

    def stop(self):
        for server in (self.verifier, self.registrar):
            if server:
                server.stop(seconds=3)

    def tenant(self, *arguments, succeeds=True, **options):
        """Runs keylime_tenant, with these options changed; returns what it printed."""
        env = dict(self.env)
        if options:
            env["KEYLIME_TENANT_CONFIG"] = os.path.join(self.folder, "conf", f"tenant-{threading.get_ident()}.conf")
            self.set("tenant", env["KEYLIME_TENANT_CONFIG"], **options)
        ran = subprocess.run(
            [self._program("keylime_tenant"), *arguments], env=env, cwd=self.folder, timeout=180,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        with open(os.path.join(self.folder, "tenant.log"), "a", encoding="utf-8") as log:
            log.write(f"$ keylime_tenant {' '.join(arguments)}\n{ran.stdout}exit code {ran.returncode}\n")
        if succeeds != (ran.returncode == 0):
            raise Trouble(f"keylime_tenant {' '.join(arguments)} ended with {ran.returncode}, "
                          f"expected: {'0' if succeeds else 'a failure'}:\n{_end(ran.stdout)}")
        return ran.stdout

    def seal(self, public, agent, payload):
        """The bodies ukey and vkey of a tenant's requests, see seal.py."""
        asked = {"pubkey": public, "agent": agent, "payload": base64.b64encode(payload).decode()}
        ran = subprocess.run([self._program("python3"), os.path.join(HERE, "lab", "seal.py")], input=json.dumps(asked),
                             stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(ran.stdout)

    def refused_quotes(self, agent, quotes):
        """What Keylime's code has against these, [nonce, quote] each, of a registered agent; see judge.py."""
        asked = {"aik": self.registered(agent)["aik_tpm"], "quotes": quotes}
        ran = subprocess.run([self._program("python3"), os.path.join(HERE, "lab", "judge.py")], input=json.dumps(asked),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, env=self.env)
        if ran.returncode:
            raise Trouble(f"judge.py failed:\n{_end(ran.stderr)}")
        return ran.stdout.splitlines()

    def database(self, name):
        """A server's own database, to look into; closed at the end of the context."""
        path = os.path.join(self.work, name)
        return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60))

    def registered(self, agent):
        return self._ask("GET", self.registrar_tls_port, f"/v2.1/agents/{agent}")

    def state(self, agent):
        """What the verifier says of an agent, None where it does not know it."""
        return self._ask("GET", self.verifier_port, f"/v2.1/agents/{agent}")

    def forget(self, agent):
        """The verifier polls it no more."""
        self._ask("DELETE", self.verifier_port, f"/v2.1/agents/{agent}")

    def _ask(self, method, port, path):
        """The results of an answer 200, else None."""
        status, body = self._exchange(method, port, path)
        return json.loads(body)["results"] if status == 200 else None

    def _exchange(self, method, port, path):
        """Status and body."""
        tls = ssl.create_default_context(cafile=self.client_ca)
        tls.check_hostname = False
        tls.load_cert_chain(self.client_certificate, self.client_key)
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls, timeout=30)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _program(self, name):
        return os.path.join(self.venv, "bin", name)


def _end(output):
    return "".join(f"    | {line[:300]}\n" for line in output.splitlines()[-4:])


def _run(*command):
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode:
        raise Trouble(f"{' '.join(command)} failed:\n{ran.stdout[-3000:]}")
