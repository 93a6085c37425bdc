from assets_actions.report.spec import SpecReport


def test_a_spec_in_markdown_cannot_end_its_block() -> None:
    spec = "description: |\n  ```\n  # out?\n  ````"
    markdown = SpecReport("component/a", "1", "c", "u", None, spec).markdown()
    assert markdown == f"### component/a 1\n\n`````yaml\n{spec}\n`````\n"
