"""The console's pages: who opens which, what they tell, and that they change nothing."""

import pytest

from tests.appkit import Premises

PAGES = (
    "/console/",
    "/console/work/",
    "/console/schedules/",
    "/console/runs/",
    "/console/dead/",
    "/console/trail/",
    "/console/descriptions/",
    "/console/backups/",
    "/console/database/",
    "/console/storage/",
    "/console/valkey/",
    "/console/settings/",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_operator_reads_every_page_in_his_language(path: str, language: str, premises: Premises) -> None:
    answer = premises.desk("admin", language=language).get(path)
    assert answer.status_code == 200, answer.text[:2000]
