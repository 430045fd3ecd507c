"""Makes the virtual environment and installs the system libraries; needs nothing but Python itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
PAPER = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig"]
BROWSER = ["chromium"]


def main(wanted: list[str]) -> None:
    """Make ready for what is `wanted`: run, or dev for tests and checks too."""
    if sys.version_info < OLDEST:
        stop(
            f"需要 Python {OLDEST[0]}.{OLDEST[1]} 或更新版本",
            "Python 3.11 or newer is needed; name it as make run PYTHON=python3.11",
        )
    make_environment()
    requirements = ["requirements.txt", *(["requirements-dev.txt"] if "dev" in wanted else [])]
    for name in requirements:
        say(f"正在安装 {name}", f"Installing {name}")
        pip("install", "--quiet", "--require-hashes", "-r", name)
    prepare_paper()
    if "dev" in wanted:
        prepare_browser()


def make_environment() -> None:
    """A virtual environment with pip that works, made anew when it does not."""
    if works(PYTHON, "-m", "pip", "--version"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if not works(sys.executable, "-c", "import ensurepip, venv") and not installed([f"{version}-venv"]):
        command = apt([f"{version}-venv"])
        stop(f"缺少 venv。请运行：{command}", f"Python's venv is missing. Run: {command}")
    say("正在建立 Python 环境", "Making the Python environment")
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def prepare_paper() -> None:
    """The libraries that draw PDFs; without them everything else runs."""
    if works(PYTHON, "-c", "import weasyprint") or (installed(PAPER) and works(PYTHON, "-c", "import weasyprint")):
        return
    command = "brew install pango" if sys.platform == "darwin" else apt(PAPER)
    say(
        f"缺少打印 PDF 所需的系统库，其他功能照常。请运行：{command}",
        f"Libraries for PDFs are missing; all else runs. Run: {command}",
    )


def prepare_browser() -> None:
    """Chromium for the browser's tests, where it may be installed."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if sys.platform == "darwin" or any(shutil.which(name) for name in names) or installed(BROWSER):
        return
    command = apt(BROWSER)
    say(
        f"没有 Chromium，浏览器测试不会运行。请运行：{command}",
        f"No Chromium: browser tests will not run. Run: {command}",
    )


def installed(packages: list[str]) -> bool:
    """Whether apt, where we may use it, installed the packages."""
    found = shutil.which("apt-get")
    if os.geteuid() != 0 or not found:
        return False
    say(f"正在安装系统软件包：{' '.join(packages)}", "Installing system packages")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    steps = (["update"], ["install", "-y", "--no-install-recommends", *packages])
    return all(works(found, "-qq", *step) for step in steps)


def apt(packages: list[str]) -> str:
    """The command that installs the packages on Debian and Ubuntu."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def pip(*arguments: str) -> None:
    """Run the environment's pip; its own words tell what failed."""
    done = subprocess.run(
        [PYTHON, "-m", "pip", *arguments],
        cwd=ROOT,
        check=False,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    if done.returncode != 0:
        stop("安装依赖失败，原因见上", "Installing the requirements failed; the reason stands above")


def works(*command: object) -> bool:
    """Whether a command exists and succeeds; it is asked nothing."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def say(zh: str, en: str) -> None:
    """One line of progress in both languages."""
    print(f"  {zh}  ·  {en}", flush=True)


def stop(zh: str, en: str) -> None:
    """End with a reason and a remedy."""
    sys.exit(f"  {zh}\n  {en}")


if __name__ == "__main__":
    main(sys.argv[1:])
