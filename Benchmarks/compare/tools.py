"""Where the programs are, where files go, and what machine this is."""
import datetime
import os
import platform
import secrets
import subprocess
import tempfile


class Tools:
    def __init__(self, root, scratch):
        release, tools = os.path.join(root, ".build", "release"), os.path.join(root, ".build", "tools")
        self.root, self.scratch = root, scratch
        self.vmfa = os.path.join(release, "vmfa")
        self.verifier_load = os.path.join(release, "verifier-load")
        self.service_load = os.path.join(release, "service-load")
        self.oath_bench = os.path.join(root, "Benchmarks", ".build", "release", "oath-bench")
        self.python = os.path.join(tools, "peers", "bin", "python")
        self.privacyidea = os.path.join(tools, "privacyidea")
        # Databases that take minutes to make.
        self.kept = os.path.join(root, ".build", "benchmarks")
        os.makedirs(self.kept, exist_ok=True)
        key = os.path.join(self.kept, "master.key")
        if not os.path.exists(key):
            with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        self.environment = dict(os.environ, VMFA_KEY_FILE=key)

    def folder(self, name):
        """A new folder that other users may enter: servers run as users of their own."""
        path = tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch)
        os.chmod(path, 0o755)
        return path


def machine(tools):
    """When, with what, and on what. Servers' files are in a temporary folder: where that is on another disk than the
    databases of vmfa, or in memory, it is said."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    versions = [
        platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        " ".join(said("openssl", "version").split()[:2]), f"Swift {said('swift', '--version').split('version ')[1].split()[0]}",
    ]
    # None where it is no clone.
    commit = subprocess.run(
        ["git", "-C", tools.root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    if commit:
        versions.append(f"vmfa at {commit}")
    apart = "" if os.stat(tools.kept).st_dev == os.stat(tools.scratch).st_dev else ", PEERS' FILES ON ANOTHER FILE SYSTEM"
    return (
        f"{datetime.date.today().isoformat()}, {os.cpu_count()} cores of {processor()}, {memory:.0f} GiB, "
        f"{', '.join(versions)}{apart}")


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
