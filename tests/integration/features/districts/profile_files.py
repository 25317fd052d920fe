"""A profile in a folder, as small as one can be."""

from __future__ import annotations

from pathlib import Path


def write(tenants: Path, slug: str, **more: str) -> Path:
    """A small profile: a county with two towns and a village, five people, the template's catalog."""
    folder = tenants / slug
    folder.mkdir(exist_ok=True)
    files = {
        "district.yaml": f"""
slug: {slug}
name: {{zh: 样例市, en: Sample City}}
brand: {{zh: 样例帮, en: Sample Help}}
division_code: "999999"
case_prefix: YL
levels: [COUNTY, TOWN, VILLAGE]
""",
        "areas.csv": """key,code,parent,name,full_name,level,kind,provenance
county,999999,,样例市,样例市,COUNTY,COUNTY,sample
,999999101,county,甲镇,甲镇,TOWN,TOWN,sample
,999999102,county,乙镇,乙镇,TOWN,TOWN,sample
,999999101201,999999101,丙村,丙村,VILLAGE,VILLAGE,sample
""",
        "people.yaml": """
from: 2024-01-01
teams:
  - {key: centre, name: {zh: 中心, en: Centre}, kind: CENTRE, at: county}
staff:
  - {key: admin, assignments: [{role: admin, at: county}]}
  - {key: auditor, assignments: [{role: auditor, at: county}]}
  - {key: clerk, teams: [centre], assignments: [{role: window-clerk, at: "999999101"}]}
  - {key: gone, to: 2024-03-01, teams: [centre], assignments: [{role: helper, at: "999999101201"}]}
staff_sets:
  - {key: helper, role: helper, at: county, team: centre, each: 3}
""",
        "services.yaml": "effective_from: 2024-01-01\nitems: []\n",
    }
    for name, content in {
        **files,
        **{name.replace("__", "."): value for name, value in more.items()},
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder
