"""A VOC dataset: frames made one at a time, each from its annotation, its picture's name, its masks and its sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lading import Catalog, Data, Dataset, File, Frame, Label, Origin, Report, Segment, Source
from lading.model.dataset import WHOLE, Part, SourceFile, share
from lading_voc.annotation import Annotation, sized_boxes, told_of
from lading_voc.contents import read_file
from lading_voc.dialect import Dialect, is_official_database
from lading_voc.form_reader import AnnotationReader
from lading_voc.index import Index, Ref
from lading_voc.layout import Tree, remote_path
from lading_voc.mask_objects import Annotated
from lading_voc.masks import MaskReader, Masks
from lading_voc.memberships import Listed, Memberships
from lading_voc.options import MaskChoice
from lading_voc.places import MaskPlaces, Places, line_of
from lading_voc.set_values import Difference, differing_objects
from lading_voc.tally import Tally


class VocDataset(Dataset):
    """Frames stream; memory is the index and, once frames are asked for, a byte a frame and image set."""

    #: Objects without a name, and numbers that are none or not finite, are told where they are read.
    told_rules = frozenset({"category.missing", "label.not-finite"})

    def __init__(
        self,
        source: Source,
        index: Index,
        dialects: Sequence[Dialect],
        *,
        catalog: Catalog,
        sources: Sequence[SourceFile],
        masks: MaskChoice,
        report: Report,
    ) -> None:
        self.name = source.name
        self.catalog = catalog
        self.report = report
        self.sources = sources
        self.segments = [
            Segment(name=name, frame_count=len(refs), origin=index.origins.get(name))
            for name, refs in index.segments.items()
        ]
        self.rules = {"pixels": _rules(index, dialects)}
        # What a writer needs to write it back: its segments, the rule of each tree, the files that list ids and names.
        pixels = {tree.root: dialect.pixels.name for tree, dialect in zip(index.trees, dialects, strict=True)}
        self.extras = {"segments": list(index.segments), "pixels": pixels}
        self.companions = _lists(source, index, dialects)
        self._source = source
        self._index = index
        self._dialects = dialects
        self._masks: MaskChoice = masks
        self._memberships: list[Memberships] | None = None
        self._reader = AnnotationReader()

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a segment, in the order of its image set."""
        self.segment(segment)
        heard = self.report if report is None else report
        refs = self._index.segments[segment]
        memberships = self._loaded()
        if segment == self.segments[0].name and part[0] == 1:  # once, however many share the frames
            for number, listed in enumerate(memberships):
                unfiled = {ref.id for ref in self._index.unfiled if ref.tree == number}
                listed.tell(self._source, unfiled, heard)
        tally = Tally(segment)
        for number in share(len(refs), part):
            yield self._frame(refs[number], memberships, tally, heard)
        heard.gather(tally.recurring)
        heard.gather(tally.forms)
        heard.gather(tally)

    def _loaded(self) -> list[Memberships]:
        if self._memberships is None:
            ids: list[list[str]] = [[] for _ in self._index.trees]
            for refs in self._index.segments.values():
                for ref in refs:
                    ids[ref.tree].append(ref.id)
            index = self._index
            made = [Memberships(*given) for given in zip(ids, index.plain_sets, index.class_sets, strict=True)]
            for memberships in made:
                memberships.load(self._source)
            self._memberships = made
        return self._memberships

    def _frame(self, ref: Ref, memberships: list[Memberships], tally: Tally, report: Report) -> Frame:
        key = self._index.key(ref)
        file, found = self._annotation(ref, key, report)
        path = None if file is None else file.path
        dialect = self._dialects[ref.tree]
        picture = self._index.picture(ref, found.filename)
        listed = memberships[ref.tree].of(ref.id)
        if path is not None and found.is_read:
            is_verbatim = not dialect.pixels.edge
            is_other_rule = is_verbatim and is_official_database(found.database)
            tally.add(path, found, is_other_rule=is_other_rule, is_relative=dialect.is_relative)
            if (listed.places or listed.objects) and found.is_whole:
                sets, source = memberships[ref.tree], self._source
                differing = self._differing(ref, listed, found)
                tally.compare(differing, lambda one, value: sets.line(one, ref.id, value, source))
            self._check_filename(path, found, picture, report)
            if found.extras.get("segmented") == "1" and self._index.says_segmented(ref.tree):
                self._check_mask(ref, path, report)
        labels, origins = self._labels(ref, key, file, found, tally, report)
        if dialect.is_relative and origins is not None:
            tally.hold_to_parts(found.labels, origins, dialect.pixels.edge)
        if path is not None and not (found.is_read or labels or listed.values or picture):
            return Frame(key=key, data=[])  # nothing but a file that cannot be read says that there is a picture
        tree = self._index.trees[ref.tree]
        place = picture if picture is not None else _missing_path(tree, ref.id, path, found.filename)
        data = Data(
            path=place,
            remote_path=remote_path(place),
            content=None if picture is None else self._source.get(picture),
            width=found.width,
            height=found.height,
            annotation="present" if labels else "empty" if found.is_read else "none",
            labels=labels,
            extras=found.extras,
            origin=self._unfiled(ref, picture) if path is None else Origin(path, "/annotation"),
            origins=origins,
            sized=Origin(path, "/annotation/size", found.size_line) if path and found.size_line else None,
            told=self._told(ref, found, dialect),
        )
        return Frame(key=key, data=[data], extras={"imageSets": listed.values} if listed.values else {})

    def _told(self, ref: Ref, found: Annotation, dialect: Dialect) -> Sequence[tuple[str, int | None]]:
        """What rules need not tell again; that pictures of an id of several trees have one remote path is one thing."""
        told: list[tuple[str, int | None]] = []
        if found.zero_based or found.relative or found.further_boxes or dialect.is_relative:
            told += told_of(found, is_relative=dialect.is_relative)
        if dialect.is_sized:
            told += [("box2d.inverted", number) for number in sized_boxes(found, dialect.pixels.edge)]
        return [*told, ("path.duplicate", None)] if ref.id in self._index.repeated else told

    def _unfiled(self, ref: Ref, picture: str | None) -> Origin | None:
        """What says that there is a picture where no annotation file does: a set, or a mask of one that is missing."""
        at = self._index.unfiled.get(ref)
        if at is not None or picture is not None:
            return at
        tree = self._index.trees[ref.tree]
        by_id = (tree.class_masks, tree.augmented_masks, tree.object_masks)
        return next((Origin(masks[ref.id]) for masks in by_id if ref.id in masks), None)

    def _differing(self, ref: Ref, listed: Listed, found: Annotation) -> list[Difference]:
        """The sets that disagree with an annotation; a class that is missed where another is misspelt is not told."""
        differing = list(listed.differing(found.labels))
        names = self._dialects[ref.tree].names
        if differing and names is not None:
            known = {*names.classes.values(), *names.parts}
            is_known = all(label.category in known for label in found.labels)
            differing = [one for one in differing if is_known or one.has != -1]
        objects = differing_objects(ref.id, listed.objects, found) if listed.objects else ()
        return [*(one.difference(repr(ref.id), one.said) for one in differing), *objects]

    def _annotation(self, ref: Ref, key: str, report: Report) -> tuple[File | None, Annotation]:
        """The annotation file of a frame, and what it says; nothing where there is none or it cannot be read."""
        file = self._file(self._index.trees[ref.tree].annotations.get(ref.id))
        data = None if file is None else read_file(file, report)
        if file is None or data is None:
            return file, Annotation()
        pixels = self._dialects[ref.tree].pixels
        return file, self._reader.read(data, file.path, key, pixels, report, is_tied=self._is_tied(ref))

    def _is_tied(self, ref: Ref) -> bool:
        """Whether the numbers in a frame's object mask are those of its objects: only the challenge holds to that."""
        names = self._dialects[ref.tree].names
        return names is not None and names.is_official and ref.id in self._index.trees[ref.tree].object_masks

    def _labels(
        self, ref: Ref, key: str, file: File | None, found: Annotation, tally: Tally, report: Report
    ) -> tuple[list[Label], Places | MaskPlaces | None]:
        """The labels of the annotation, and behind them the masks."""
        tree = self._index.trees[ref.tree]
        places = None if file is None else Places(file, found.places)
        by_class = self._file(tree.class_masks.get(ref.id)) or self._file(tree.augmented_masks.get(ref.id))
        by_object = self._file(tree.object_masks.get(ref.id))
        if by_class is None and by_object is None:
            return found.labels, places
        if ref.id in tree.class_masks and ref.id in tree.augmented_masks:
            report.loss("mask of SegmentationClassAug beside one of SegmentationClass", tree.augmented_masks[ref.id])
        annotated = None
        if found.is_read and self._is_tied(ref):
            whole = found.labels if found.is_whole else []
            annotated = Annotated(found.object_count, whole, places, found.width, found.height)
        categories = frozenset(label.category for label in found.labels if label.category is not None)
        masks = Masks(key, by_class, by_object, annotated, categories)
        names = self._dialects[ref.tree].names
        labels = MaskReader(names, self._masks, tally.recurring, tally.forms, report).read(masks)
        paths = [file.path for file in (by_class, by_object) if file is not None]
        return [*found.labels, *labels], MaskPlaces(paths, places)

    def _check_mask(self, ref: Ref, path: str, report: Report) -> None:
        """Tell of an annotation that says `segmented` and has no mask."""
        tree = self._index.trees[ref.tree]
        if any(ref.id in masks for masks in (tree.class_masks, tree.augmented_masks, tree.object_masks)):
            return
        file = self._file(path)
        at = Origin(path, "/annotation/segmented", None if file is None else line_of(file, "segmented"))
        report.warning("voc.missing-mask", "expected a mask, as `segmented` is 1, found none", at)

    def _file(self, path: str | None) -> File | None:
        return None if path is None else self._source.get(path)

    def _check_filename(self, path: str, found: Annotation, picture: str | None, report: Report) -> None:
        """A `filename` that is not the picture's matters where there is a file of that name too."""
        if not found.filename or picture is None or picture.endswith(f"/{found.filename}"):
            return
        directory, _, file = picture.rpartition("/")
        named = f"{directory}/{found.filename}" if directory else found.filename
        if file != found.filename and self._source.get(named) is not None:
            message = f"expected the name of {picture!r}, which has the name of this file, found that of {named!r}"
            annotation = self._file(path)
            line = None if annotation is None else line_of(annotation, "filename")
            report.warning("voc.filename", message, Origin(path, "/annotation/filename", line))


def _missing_path(tree: Tree, key: str, annotation: str | None, filename: str | None) -> str:
    """Where the picture of an id would lie; only the suffix is taken from `filename` (source-formats.md 5.8)."""
    name, dot, suffix = (filename or "").rpartition(".")
    ending = f".{suffix}" if name and dot and suffix.isalnum() else ".jpg"
    if tree.media_base is not None:
        return f"{tree.media_base}/{key}{ending}"
    if annotation is not None and tree.is_beside:
        return f"{annotation.rpartition('.')[0]}{ending}"
    return f"{tree.root}/JPEGImages/{key}{ending}" if tree.root else f"JPEGImages/{key}{ending}"


def _lists(source: Source, index: Index, dialects: Sequence[Dialect]) -> dict[str, File]:
    """The image sets, and the files of names."""
    paths = [found.path for sets in (*index.plain_sets, *index.class_sets) for found in sets]
    paths += [dialect.names.origin for dialect in dialects if dialect.names is not None]
    files = ((path, source.get(path)) for path in dict.fromkeys(paths))
    return {path: file for path, file in files if file is not None}


def _rules(index: Index, dialects: Sequence[Dialect]) -> str:
    """The rule for pixels; where trees differ, that of each."""
    rules = [dialect.rule for dialect in dialects]
    if len(set(rules)) == 1:
        return rules[0]
    return "; ".join(f"{index.tree_name(number)} {rule}" for number, rule in enumerate(rules))
