"""Where things are, where files go, and what machine this is."""
import datetime
import glob
import os
import platform
import secrets
import shutil
import subprocess
import tempfile

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
PEERS = os.path.join(BENCHMARKS, "peers")


class Tools:
    oath_bench = os.path.join(BENCHMARKS, ".build", "release", "oath-bench")

    def __init__(self, scratch):
        release, tools = os.path.join(ROOT, ".build", "release"), os.path.join(ROOT, ".build", "tools")
        self.scratch = scratch
        self.vmfa = os.path.join(release, "vmfa")
        self.verifier_load = os.path.join(release, "verifier-load")
        self.service_load = os.path.join(release, "service-load")
        self.python = os.path.join(tools, "peers", "bin", "python")
        self.privacyidea = os.path.join(tools, "privacyidea")
        # Databases that take minutes to make.
        self.kept = os.path.join(ROOT, ".build", "benchmarks")
        os.makedirs(self.kept, exist_ok=True)
        key = os.path.join(self.kept, "master.key")
        if not os.path.exists(key):
            write_secret(key, secrets.token_hex(32) + "\n")
        self.environment = dict(os.environ, VMFA_KEY_FILE=key)

    def folder(self, name):
        """A new folder that other users may enter: servers run as users of their own."""
        path = tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch)
        os.chmod(path, 0o755)
        return path


def write_secret(path, text):
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)


def found(program):
    """Debian keeps servers, and what belongs to PostgreSQL's, where only root's PATH leads, or nobody's."""
    folders = [os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    path = shutil.which(program, path=":".join(folders))
    if not path:
        raise SystemExit(f"compare: {program} is missing: Scripts/bootstrap bench installs it where there is apt-get")
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
        ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
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
