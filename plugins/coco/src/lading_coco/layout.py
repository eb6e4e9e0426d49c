"""Where things lie: which split a file is about, and where its pictures are (source-formats.md 2.1)."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from lading import Source
from lading_coco.numbering import Numbering

#: Before the split in the names of annotation files.
_TASKS = (
    "instances_",
    "person_keypoints_",
    "keypoints_",
    "captions_",
    "stuff_",
    "panoptic_",
    "image_info_",
    "labels_",
    "densepose_",
    "coco_wholebody_",
    "lvis_",
    "cocovid_",
)
#: Behind the split, in the names that MMTracking's scripts give.
_FORMAT = "_cocoformat"
#: The release behind the task in the names of LVIS: `lvis_v1_val`, `lvis_v0.5_train`.
_RELEASE = re.compile(r"v\d+(\.\d+)?_(?=.)", re.IGNORECASE)
#: Of video instances: `youtube_vis_2021_train`.
_VIDEOS = re.compile(r"(youtube_vis|ytvis|ovis)_((19|20)\d\d_)?(?=.)", re.IGNORECASE)
#: What splits are usually called: `train`, `val2017`, `test-dev2017`, `2014`.
_SPLIT = re.compile(r"(?=.)((mini|train|training|val|valid|validation|test|testing|dev)[-_]?)*((19|20)\d\d)?", re.I)
_ANNOTATION_FOLDERS = frozenset({"annotations", "labels"})
#: Ends of the names of what lies beside annotations whose pictures are elsewhere; an image may name any other file.
_NO_PICTURES = (
    *(".json", ".json.gz", ".csv", ".xml", ".yaml", ".yml", ".zip", ".md", ".txt", ".rst", ".html", ".py", ".ipynb"),
    *("readme", "license", "licence", "copying", "notice", ".ds_store", ".gitignore", ".gitattributes", ".gitkeep"),
)
PICTURES = (".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm")
#: Masks and the like as numbers; labelme's scripts write them beside the pictures.
ARRAYS = (".npy", ".npz", ".mat")
#: No name without one of these leads anywhere else: most are done with at one look.
_SUSPECT = re.compile(r"^[/\\]|:|\.\.")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[/\\]|[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def stem_of(path: str) -> str:
    """The name of an annotation file without its endings."""
    name = posixpath.basename(path)
    for ending in (".gz", ".json"):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name


def split_of(path: str, source_name: str) -> str:
    """The split that an annotation file is about (design.md section 8)."""
    stem = stem_of(path)
    folder = posixpath.basename(posixpath.dirname(path))
    if stem.lower().startswith(("_annotations.coco", ".annotations.coco")):  # Roboflow, and hidden
        return folder or source_name
    if stem.lower().endswith(_FORMAT) and len(stem) > len(_FORMAT):
        stem = stem[: -len(_FORMAT)]
    for task in _TASKS:
        if stem.lower().startswith(task) and len(stem) > len(task):
            rest = stem[len(task) :]
            return _RELEASE.sub("", rest, count=1) if task == "lvis_" and _RELEASE.match(rest) else rest
    return stem


def split_of_videos(path: str, source_name: str) -> str:
    """The split that a file of YouTube-VIS is about: `train/instances.json`, `youtube_vis_2021_train.json`."""
    stem = stem_of(path)
    folder = posixpath.basename(posixpath.dirname(path))
    if stem.lower() == "instances" and folder and folder.lower() not in _ANNOTATION_FOLDERS:
        return folder
    release = _VIDEOS.match(stem)
    return split_of(path, source_name) if release is None else stem[release.end() :]


def is_named_by_split(path: str, source: Source) -> bool:
    """Whether a JSON file is named as the annotations of a split: `instances_`, and a usual split or one of pictures.

    Lists of other things have such names too: `panoptic_coco_categories.json`, `captions_vocab.json`.
    """
    stem = stem_of(path).lower()
    task = next((task for task in (*_TASKS[:4], "panoptic_") if stem.startswith(task)), None)
    if task is None:
        return False
    split = stem_of(path)[len(task) :]
    if _SPLIT.fullmatch(split):
        return True
    places = (split, f"images/{split}", f"{split}_images", f"images_{split}")
    folders = [posixpath.join(base, place) for base in dict.fromkeys(("", home_of(path))) for place in places]
    return bool(split) and any(name.lower().endswith(PICTURES) for each in folders for name in source.below(each)[:50])


def is_named_as_annotations(path: str) -> bool:
    """Whether a JSON file has the name of an annotation file, or lies in a folder of them."""
    stem, folder = stem_of(path).lower(), posixpath.basename(posixpath.dirname(path)).lower()
    return folder in _ANNOTATION_FOLDERS or stem.startswith((*_TASKS, "_annotations.coco"))


def home_of(path: str) -> str:
    """The folder that an annotation file speaks of: its own, or the one above one named `annotations`."""
    folder = posixpath.dirname(path)
    return posixpath.dirname(folder) if posixpath.basename(folder).lower() in _ANNOTATION_FOLDERS else folder


def unsafe_name(name: str, path: str) -> str | None:
    """Why a `file_name` of the annotation file `path` leads out of the source, or None."""
    if not _SUSPECT.search(name):
        return None
    plain = name.replace("\\", "/")
    is_absolute = _ABSOLUTE.match(plain) is not None
    if ".." not in plain.split("/"):
        return "an absolute path" if is_absolute else None
    if is_absolute:
        return "an absolute path that climbs"
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), plain))
    return "a path that climbs out of the dataset" if inside.startswith("..") else None


def name_from_url(url: str | None) -> str | None:
    """What an image without `file_name` is called: the last two parts of its `coco_url` (LVIS v1)."""
    parts = [part for part in (url or "").split("/") if part]
    return "/".join(parts[-2:]) or None


def are_safe(names: Sequence[str]) -> bool:
    """Whether at one look none of these file names leads anywhere else; `unsafe_name` looks closer."""
    whole = "\n" + "\n".join(names)
    return not any(sign in whole for sign in (":", "..", "\n/", "\n\\"))


class Files:
    """The files of a source by number (`lading_coco.numbering`), and which of them somebody named."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._numbering = Numbering(source)
        #: The number of the file of a path, -1 where there is none.
        self.number = self._numbering.number
        #: The path of the file of a number.
        self.path = self._numbering.path
        self.may_have_pictures = not all(name.lower().endswith(_NO_PICTURES) for name in self._numbering)
        self._named = bytearray(len(self._numbering.names))

    def has_below(self, folder: str) -> bool:
        """Whether a folder has files, be they hidden."""
        return bool(self.source.below(folder)) or any(name.startswith(f"{folder}/") for name in self._numbering.hidden)

    def mark(self, number: int) -> None:
        """Note that an annotation file names this file."""
        if 0 <= number < len(self._named):
            self._named[number] = 1

    def is_marked(self, path: str) -> bool:
        """Whether an annotation file names the file of this path."""
        number = self.number(path)
        return 0 <= number < len(self._named) and bool(self._named[number])

    def mark_below(self, folder: str) -> None:
        """Note that everything below a folder is named."""
        below = self.source.below(folder)
        if below:
            start = bisect_left(self._numbering.names, below[0])
            self._named[start : start + len(below)] = b"\1" * len(below)

    def unnamed(self, endings: tuple[str, ...]) -> list[str]:
        """The files of these endings that nobody named."""
        pairs = zip(self._numbering.names, self._named, strict=True)
        return [name for name, named in pairs if not named and name.lower().endswith(endings)]


class Finder:
    """Finds the pictures of one annotation file."""

    def __init__(self, files: Files, path: str, split: str) -> None:
        self.may_have_pictures = files.may_have_pictures
        self.path = files.path
        #: The numbers of files that were found under other capitals alone.
        self.respelled: set[int] = set()
        #: The numbers of files that were found under another ending.
        self.reended: set[int] = set()
        self._files = files
        self._folder = posixpath.dirname(path)
        home = home_of(path)
        wanted: list[str] = []
        for base in dict.fromkeys(("", home)):
            wanted += [posixpath.join(base, folder) if folder else base for folder in _below(split)]
        wanted.append(self._folder)
        self._roots = [root for root in dict.fromkeys(wanted) if not root or files.has_below(root)]

    def find(self, name: str, url: str | None) -> int:
        """The number of the picture of this name, -1 where there is none. The first place that has it wins."""
        if not self.may_have_pictures:
            return -1
        plain = name.replace("\\", "/") if "\\" in name else name
        if _ABSOLUTE.match(plain) is not None:
            return -1 if ".." in plain.split("/") else self._find_any(_tails(plain))
        if ".." in plain.split("/"):
            inside = posixpath.normpath(posixpath.join(self._folder, plain))
            return -1 if inside.startswith("..") else self._files.number(inside)
        for root in self._roots:
            number = self._files.number(f"{root}/{plain}" if root else plain)
            if number >= 0:
                return number
        return self._find_otherwise(posixpath.normpath(plain), url)

    def _find_otherwise(self, plain: str, url: str | None) -> int:
        tails = [plain, posixpath.basename(plain), *(_tails(url) if url else ())]
        number = self._find_any(tails)
        if number >= 0:
            return number
        stem = posixpath.splitext(plain)[0]
        number = self._find_any(f"{stem}{ending}" for ending in PICTURES)
        if number >= 0:
            self.reended.add(number)
        elif "%" in plain and (decoded := unquote(plain)) != plain and ".." not in decoded.split("/"):
            return self._find_any([decoded, posixpath.basename(decoded)])
        return number

    def _find_any(self, names: Iterator[str] | list[str]) -> int:
        known = list(names)
        for exactly in (True, False):
            for name in known:
                for root in self._roots:
                    path = f"{root}/{name}" if root else name
                    number = self._files.number(path)
                    if number < 0 and not exactly and (alike := self._files.source.find(path)) is not None:
                        number = self._files.number(alike.path)
                        self.respelled.add(number)
                    if number >= 0:
                        return number
        return -1


def _below(split: str) -> tuple[str, ...]:
    """Where people keep the pictures of a split, below the root of a dataset."""
    usual = ("", f"images/{split}", split, "images", "data", "JPEGImages", f"{split}/JPEGImages")
    return (*usual, f"{split}/images", f"{split}_images", f"images_{split}", "img", "imgs", f"{split}/img")


def _tails(path: str) -> list[str]:
    """The last two parts of a path, and the last: `val2017/000000000139.jpg`; of a URL also without its query."""
    parts = [part for part in re.split(r"[/\\]", path) if part]
    tails = ["/".join(parts[-2:]), parts[-1]] if len(parts) > 1 else parts
    bare = unquote(path.partition("?")[0]) if "://" in path else path
    return tails if bare == path or ".." in bare else [*tails, *_tails(bare)]
