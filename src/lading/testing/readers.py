"""What every reader has to hold to, as tests that run on a fixture of its format."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from types import GeneratorType
from typing import Any, ClassVar

import msgspec
import pytest

from lading.errors import InputError
from lading.model.codec import decode_catalog, decode_labels, encode_catalog, encode_labels
from lading.model.dataset import Dataset, all_frames
from lading.model.dump import dump
from lading.model.report import Report
from lading.plugin.contracts import Options, Reader, parse_options
from lading.source import Source


class ReaderConformance:
    """Subclass it as `TestConformance`, with `reader` and `fixture`, and run pytest.

    `fixture` is a folder of a dataset without errors. `options` are the reader's, as `-o key=value` sets them.
    """

    reader: ClassVar[type[Reader]]
    fixture: ClassVar[Path]
    options: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture
    def dataset(self) -> Dataset:
        """The fixture, opened."""
        return self.opened(Source.open(self.fixture))

    def opened(self, source: Source, report: Report | None = None) -> Dataset:
        """A dataset of the reader under test."""
        heard = report if report is not None else Report()
        dataset = self.reader().open(source, self._options(), heard)
        dataset.report = heard
        return dataset

    def _options(self) -> Options:
        return parse_options(self.reader.name, self.reader.Options, self.options)

    def test_its_fixture_is_detected_and_an_empty_folder_is_not(self, tmp_path: Path) -> None:
        """Detection answers with a confidence, and with a reason both times."""
        yes, no = (self.reader().detect(Source.open(path)) for path in (self.fixture, tmp_path))
        assert 0 < yes.confidence <= 1
        assert no.confidence == 0
        assert yes.reason
        assert no.reason

    def test_frames_stream(self, dataset: Dataset) -> None:
        """`frames` is a generator, and the header knows the number of frames or says that it does not."""
        for segment in dataset.segments:
            frames = dataset.frames(segment.name)
            assert isinstance(frames, GeneratorType)
            count = sum(1 for _ in frames)
            assert segment.frame_count in (None, count)

    def test_reading_twice_gives_the_same(self, dataset: Dataset) -> None:
        """Names, ids, order and values depend on the source alone."""
        again = self.opened(Source.open(self.fixture))
        assert _lines(dataset) == _lines(again)

    def test_another_process_can_be_given_it(self, dataset: Dataset) -> None:
        """A dataset that was opened can be pickled, and reads the same then (`--jobs`)."""
        assert _lines(pickle.loads(pickle.dumps(dataset))) == _lines(dataset)

    def test_parts_make_the_whole(self, dataset: Dataset) -> None:
        """Three parts of a segment are its frames, each once and in order."""
        for segment in dataset.segments:
            whole = [frame.key for frame in dataset.frames(segment.name)]
            parts = [dataset.frames(segment.name, (k, 3)) for k in (1, 2, 3)]
            assert [frame.key for frame in chain.from_iterable(parts)] == whole
            assert len(set(whole)) == len(whole)

    def test_no_file_is_in_two_segments(self, dataset: Dataset) -> None:
        """Segments are disjoint."""
        paths = [data.path for _, frame in all_frames(dataset) for data in frame.data]
        assert len(paths) == len(set(paths))

    def test_every_label_says_where_it_stands(self, dataset: Dataset) -> None:
        """The origin of a label is a file of the source."""
        names = set(Source.open(self.fixture).names())
        for _, frame in all_frames(dataset):
            for data in frame.data:
                for label in data.labels:
                    assert label.origin is not None
                    origin = data.locate(label, "geometry")
                    assert origin.file in names
                    assert origin.pointer is not None or origin.line is not None

    def test_labels_and_catalog_go_through_the_wire(self, dataset: Dataset) -> None:
        """What goes up comes down equal, but for extras."""
        assert decode_catalog(encode_catalog(dataset.catalog)) == dataset.catalog
        for _, frame in all_frames(dataset):
            for data in frame.data:
                wire = encode_labels(data.labels)
                assert encode_labels(decode_labels(wire)) == wire

    def test_a_folder_an_archive_and_a_tar_read_the_same(self, dataset: Dataset, tmp_path: Path) -> None:
        """The bytes matter, not what they lie in."""
        expected = _lines(dataset)[1:]
        for kind in ("zip", "tar"):
            archive = shutil.make_archive(str(tmp_path / self.fixture.name), kind, self.fixture)
            with Source.open(archive) as source:
                assert _lines(self.opened(source))[1:] == expected

    def test_a_file_that_is_cut_is_told(self, tmp_path: Path) -> None:
        """A source file that ends in its middle gives a finding of error level or an InputError, nothing else."""
        for index, file in enumerate(self.opened(Source.open(self.fixture)).sources):
            copy = tmp_path / str(index)
            shutil.copytree(self.fixture, copy)
            victim = copy / file.file
            if not victim.is_file() or victim.suffix == ".txt":
                continue  # half a list of names is a list of names
            victim.write_bytes(victim.read_bytes()[: victim.stat().st_size // 2])
            assert _is_told(self, copy)


def _is_told(conformance: ReaderConformance, folder: Path) -> bool:
    report = Report()
    try:
        for _ in all_frames(conformance.opened(Source.open(folder), report)):
            pass
    except InputError:
        return True
    return report.count("error") > 0


def _lines(dataset: Dataset) -> list[Any]:
    return [msgspec.json.decode(msgspec.json.encode(line)) for line in dump(dataset)]
