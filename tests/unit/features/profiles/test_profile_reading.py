"""A sound profile is read whole; a faulty one is refused with every fault, each at its file and line."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bangban.features.profiles import documents
from bangban.features.profiles.faults import ProfileFaulty
from bangban.features.profiles.reader import check_profile, read_profile, read_template
from bangban.features.profiles.values import Origin
from bangban.kernel.problems import ErrorCode

TENANTS = Path(__file__).parents[4] / "tenants"
SOUND = Path(__file__).parent / "sound"
AREAS = (Path(__file__).parent / "sound" / "areas.csv").read_text(encoding="utf-8")
DISTRICT = (Path(__file__).parent / "sound" / "district.yaml").read_text(encoding="utf-8")
Write = Callable[..., Path]
Reasons = Callable[..., list[str]]
TEMPLATE = TENANTS / "template"


def test_a_sound_profile_has_no_fault(faults: Reasons) -> None:
    assert faults() == []


def test_a_sound_profile_is_read_with_the_template_filled_in(write: Write) -> None:
    profile = read_profile(write(), template=TEMPLATE)
    template = read_template(TEMPLATE)
    assert (profile.slug, profile.timezone, profile.circle_minutes) == ("sample", "Asia/Shanghai", 15)
    assert profile.modes == template.modes
    assert profile.rating == template.rating
    own = [item for item in profile.items if item.origin is Origin.OWN]
    assert [item.draft.code for item in own] == ["SAMPLE-OWN-ITEM"]
    assert own[0].draft.fee is not None
    assert own[0].draft.fee.amount == Decimal("10.50")
    adapted = [item.draft.code for item in profile.items if item.origin is Origin.ADAPTED]
    assert adapted == ["TPL-SENIOR-CARD"]
    assert len(profile.items) == len(template.items) + 1


def test_reading_twice_gives_the_same(write: Write) -> None:
    folder = write()
    assert read_profile(folder, template=TEMPLATE) == read_profile(folder, template=TEMPLATE)


BREAKS = (
    ("district.yaml", "slug: sample", "slug: simple"),
    ("areas.csv", "TOWN,STREET", "TOWN,VILLAGE"),
    ("services.yaml", "result: 回执", 'result: ""'),
    ("people.yaml", "at: county}]}", "at: nowhere}]}"),
)


def test_faults_of_every_file_are_found_in_one_run(faults: Reasons) -> None:
    assert faults(*BREAKS) == [
        "areas.csv:3: error: The kind VILLAGE does not stand on level TOWN.",
        "district.yaml:1: error: The slug must be the folder's name, 'sample'.",
        "people.yaml:5: error: There is no area 'nowhere'.",
        "services.yaml:20: error: Item SAMPLE-OWN-ITEM: Name what the applicant receives.",
    ]


def test_a_faulty_profile_is_refused_with_all_its_faults(write: Write) -> None:
    folder = write(*BREAKS)
    with pytest.raises(ProfileFaulty) as refused:
        read_profile(folder, template=TEMPLATE)
    assert refused.value.code is ErrorCode.INVALID_INPUT
    assert list(refused.value.faults) == check_profile(folder, template=TEMPLATE)
    assert refused.value.message("en").startswith("The district profile has 4 faults; the first is in ")
    assert refused.value.message("zh").startswith("地区资料有 4 处错误,第一处在")
    assert refused.value.fields[-1] == f"{folder}/services.yaml:20"


def test_warnings_do_not_stop_a_profile(write: Write) -> None:
    folder = write(("areas.csv", ",999901100201,999901100", ",999901100201,999901001"))
    assert [fault.severity for fault in check_profile(folder, template=TEMPLATE)] == ["warning"]
    assert len(read_profile(folder, template=TEMPLATE).warnings) == 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("slug: sample", "slug: Sample", "“slug” must look like nanjing-pukou: 2 to 30 small"),
        ("slug: sample\n", "", "“slug” is missing."),
        ("en: Sample County", 'en: ""', "“name.en” must not be empty."),
        ('division_code: "999901"', "division_code: 999901", "put codes made of digits in quotes"),
        ("case_prefix: SM", "case_prefx: SM", "“case_prefx” is not a known key."),
        ("[COUNTY, TOWN, VILLAGE, GRID]", "[COUNTY, VILLAGE]", "Levels start at COUNTY"),
        ("[COUNTY, TOWN, VILLAGE, GRID]", "[COUNTY, CITY]", "“levels.1” must be one of:"),
        ("case_prefix: SM", "case_prefix: SM\ntimezone: Asia/Nowhere", "There is no time zone"),
        ("case_prefix: SM", "case_prefix: SM\ncircle_minutes: 0", "must be at least 1"),
        ("case_prefix: SM", "case_prefix: SM\nallowed_origins: ['*']", "“allowed_origins.0” must look like"),
        ("total: 3,", "total: 3, each: 1,", "Give exactly one of total and each."),
        ("case_prefix: SM", "case_prefix: SM\naddress_levels: [GRID]", "address_levels follow directly"),
    ],
)
def test_the_head_is_checked(faults: Reasons, old: str, new: str, reason: str) -> None:
    found = [line for line in faults(("district.yaml", old, new)) if line.startswith("district.yaml")]
    assert any(reason in line for line in found), found


def test_weights_of_the_assessment_add_up_to_a_hundred(faults: Reasons) -> None:
    rating = """\
rating:
  moments: [SURVEY]
  assessment:
    - {key: survey, name: {zh: 调查, en: Survey}, weight: 60}
case_prefix: SM"""
    assert faults(("district.yaml", "case_prefix: SM", rating)) == [
        "district.yaml:5: error: The weights add up to 60, not 100."
    ]


class TestFilesThatCannotBeRead:
    def test_a_missing_file_is_named(self, write: Write) -> None:
        folder = write()
        (folder / "people.yaml").unlink()
        (fault,) = check_profile(folder, template=TEMPLATE)
        assert fault.file == str(folder / "people.yaml")
        assert "cannot be read" in fault.reason_en

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ProfileFaulty) as refused:
            read_profile(tmp_path / "nowhere", template=TEMPLATE)
        assert len(refused.value.faults) == 3

    def test_another_encoding_is_refused_with_its_line(self, faults: Reasons) -> None:
        gbk = AREAS.replace("子社区", "孖社区").encode("gbk")
        (found,) = faults(raw={"areas.csv": gbk})
        assert found.startswith("areas.csv:2: error: The file is not UTF-8")

    def test_a_byte_order_mark_is_tolerated(self, faults: Reasons) -> None:
        marked = {
            "areas.csv": codecs.BOM_UTF8 + AREAS.replace("\n", "\r\n").encode(),
            "district.yaml": codecs.BOM_UTF8 + DISTRICT.encode(),
        }
        assert faults(raw=marked) == []

    @pytest.mark.parametrize(
        ("text", "line", "reason"),
        [
            ("slug: [", 1, "not valid YAML"),
            ("slug: sample\nname:\n\t- x", 3, "not valid YAML"),
            ("- a\n- b\n", 1, "must be a mapping"),
            ("", 1, "must be a mapping"),
            ("slug: a\nslug: b\n", 2, "stands here twice"),
            ("slug: &a x\nname: *a\n", 1, "Anchors, aliases"),
            ("slug: !!python/object:os.system x\n", 1, "is not understood"),
            ("slug: 2024-13-40\n", 1, "is not understood"),
            ("<<: {a: 1}\n", 1, "plain text"),
            ("a: " + "[" * 60 + "]" * 60, 1, "deep nesting"),
        ],
    )
    def test_broken_yaml_is_named_with_its_line(
        self, faults: Reasons, text: str, line: int, reason: str
    ) -> None:
        found = faults(raw={"district.yaml": text.encode()})
        assert any(each.startswith(f"district.yaml:{line}: ") and reason in each for each in found), found

    def test_a_bomb_of_aliases_is_refused_at_once(self, faults: Reasons) -> None:
        rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
        found = faults(raw={"district.yaml": "\n".join(rows).encode()})
        assert any("Anchors, aliases" in line for line in found)
        assert len(found) < 200

    def test_the_slow_parser_reads_the_same(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = write()
        fast = read_profile(folder, template=TEMPLATE)
        monkeypatch.setattr(documents, "LOADER", yaml.SafeLoader)
        assert read_profile(folder, template=TEMPLATE) == fast

    def test_the_slow_parser_survives_deep_nesting(
        self, faults: Reasons, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(documents, "LOADER", yaml.SafeLoader)
        assert any("nest" in line for line in faults(raw={"district.yaml": b"[" * 5000 + b"]" * 5000}))


SPICE = st.sampled_from(
    ["", "\n", ":", "-", "[", "}", '"', "&a ", "*a", "!!x ", ",", "\t", "0", "null", "é", "\x00", "{area}"]
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_spoilt_file_upsets_the_reader(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "sample"
        folder.mkdir()
        for file in ("district.yaml", "areas.csv", "services.yaml", "people.yaml"):
            (folder / file).write_text((SOUND / file).read_text(encoding="utf-8"), encoding="utf-8")
        file = folder / data.draw(
            st.sampled_from(["district.yaml", "areas.csv", "services.yaml", "people.yaml"])
        )
        text = file.read_text(encoding="utf-8")
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(text)))
            cut = data.draw(st.integers(0, 12))
            text = text[:at] + data.draw(SPICE) + text[at + cut :]
        file.write_text(text, encoding="utf-8")
        found = check_profile(folder, template=TEMPLATE)
        assert all(fault.line >= 1 and fault.reason_zh and fault.reason_en for fault in found)
        if any(fault.severity == "error" for fault in found):
            with pytest.raises(ProfileFaulty):
                read_profile(folder, template=TEMPLATE)
        else:
            assert read_profile(folder, template=TEMPLATE).slug == "sample"
