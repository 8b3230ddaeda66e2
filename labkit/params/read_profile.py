"""A laboratory's profile becomes a frozen model, or a refusal that lists everything wrong with it; and where profiles lie.

Two things people confuse: the *name* of a profile (`shenzhen`: the file params/labs/shenzhen.yml of the project) and a *path*
to one (it has a `/` in it, or ends in .yml).
"""

from __future__ import annotations

from pathlib import Path

from labkit.errors import Refusal, Rule
from labkit.params.files import PARTS
from labkit.params.profile import Profile
from labkit.params.profile_agreement import disagreements
from labkit.params.read import checked, content_of
from labkit.params.scalars import shown
from labkit.params.strict_yaml import read_tree
from labkit.vocabulary import nearest

LABS = "params/labs"
TEMPLATE = "template"  # the start of a profile is not a profile

PAR_LAB_READ = Rule(
    "PAR-LAB-READ",
    en=("there is no such profile", "the path of a profile (.yml)", "look at `labkit list`, or copy params/labs/template.yml"),
    zh=("没有这个实验室配置", "实验室配置（.yml）的路径", "请查看 `labkit list`，或复制 params/labs/template.yml"),
    example=("labs/harbor.yml", "params/labs/harbour.yml"),
)
PAR_LAB_NAME = Rule(
    "PAR-LAB-NAME",
    en=("no profile is called {found}{nearest}", "{allowed}", "choose one of these, or give the path of a profile (.yml)"),
    zh=("没有名为 {found} 的实验室配置{nearest}", "{allowed}", "请从中选择，或给出配置文件（.yml）的路径"),
    example=("harbor", "harbour"),
)


def read_profile(path: str | Path) -> Profile:
    """Read a laboratory's profile.

    Parameters
    ----------
    path
        YAML 1.2 in UTF-8, at most 64 KiB, read as strictly as a params file.

    Returns
    -------
    Profile
        What the laboratory declares; everything else has its default, which is to guess nothing.

    Raises
    ------
    Refusal
        Everything that is wrong with the file at once, by row.
    """
    return parse_profile(content_of(Path(path), PAR_LAB_READ), str(path))


def parse_profile(content: bytes, file: str) -> Profile:
    """Return the profile that the bytes of `file` hold; raise `Refusal` as `read_profile` does."""
    return checked(Profile, read_tree(content, file), file, disagreements)


def profiles_of(project: Path) -> list[Path]:
    """Return the profiles of a project, by name."""
    return sorted(path for path in (project / LABS).glob("*.yml") if path.stem != TEMPLATE)


def find_profile(name: str, base: Path, place: str = "--profile") -> Path:
    """Return where the profile `name` lies: a path, or the name of a profile of the project around `base`.

    Parameters
    ----------
    name
        `shenzhen` for params/labs/shenzhen.yml of the project around `base`; anything with a `/` or ending in .yml or .yaml
        is a path, relative to `base`.
    base
        A folder of the project.
    place
        Where the name was written, for the message.

    Raises
    ------
    Refusal
        There is no such profile; the nearest name is given.
    """
    if "/" in name or "\\" in name or name.endswith((".yml", ".yaml")):
        if "\0" in name or not (base / name).is_file():
            raise Refusal(PAR_LAB_READ.at(name))
        return base / name
    base = base.absolute()
    project = next((one for one in (base, *base.parents) if all((one / part).is_dir() for part in PARTS)), base)
    known = {path.stem: path for path in profiles_of(project)}
    if name in known:
        return known[name]
    close = nearest(name, list(known))
    allowed = " · ".join(known) or f"{LABS}/*.yml"
    raise Refusal(PAR_LAB_NAME.at(place, found=shown(name), nearest=f" ({close}?)" if close else "", allowed=allowed))
