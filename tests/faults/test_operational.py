"""The faults of arrival, operation, SQL and the web: each is injected by a test of what it befalls."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
KINDS = TESTS.parents[1] / "shared" / "faults.csv"
CATEGORIES = ("arrival", "ops", "sql", "web")

WHERE = {
    "FLT-035": "orchestration/test_kept_versions.py::test_a_file_that_is_open_or_still_changing_is_held_at_what_was_taken_in_before",
    "FLT-036": "orchestration/test_reading.py::test_a_file_replaced_after_it_was_listed_is_read_at_the_next_refresh",
    "FLT-037": "orchestration/test_reading.py::test_a_file_taken_away_after_it_was_listed_stops_nobody",
    "FLT-038": "orchestration/test_reading.py::test_the_same_bytes_under_another_name_are_read_once",
    "FLT-039": "test_vintages.py::test_a_correction_of_a_correction_is_kept_with_all_before_it",
    "FLT-040": "test_vintages.py::test_a_late_older_report_changes_nothing_but_what_it_prints_first",
    "FLT-041": "test_nothing_lost.py::test_the_order_of_arrival_and_failures_leave_no_trace",
    "FLT-042": "warehouse/test_compare.py::test_a_refresh_after_deleting_the_warehouse_gives_identical_tables",
    "FLT-043": "orchestration/test_kept_versions.py::test_a_file_that_cannot_be_opened_is_not_taken_for_removed",
    "FLT-044": "endurance/test_disk.py::test_a_thousand_files_more_are_all_read_in_the_memory_of_a_few",
    "FLT-164": "endurance/test_endurance.py::test_a_refresh_killed_at_any_moment_leaves_the_published_file_whole",
    "FLT-165": "endurance/test_endurance.py::test_a_refresh_killed_at_any_moment_leaves_the_published_file_whole",
    "FLT-166": "endurance/test_endurance.py::test_a_refresh_killed_at_any_moment_leaves_the_published_file_whole",
    "FLT-167": "endurance/test_endurance.py::test_a_refresh_killed_at_any_moment_leaves_the_published_file_whole",
    "FLT-168": "endurance/test_disk.py::test_an_engine_that_stops_while_it_writes_leaves_the_publication",
    "FLT-169": "endurance/test_disk.py::test_a_full_disk_stops_a_refresh_and_harms_nothing",
    "FLT-170": "endurance/test_disk.py::test_the_command_says_in_one_line_that_the_disk_is_full_or_read_only",
    "FLT-171": "warehouse/test_publish.py::test_a_corrupted_published_file_is_found_and_built_afresh",
    "FLT-172": "warehouse/test_publish.py::test_a_corrupted_published_file_is_found_and_built_afresh",
    "FLT-173": "warehouse/test_publish.py::test_a_stray_write_ahead_log_harms_no_reader_of_the_next_version",
    "FLT-174": "warehouse/test_publish.py::test_a_file_whose_log_was_not_written_into_it_is_not_published",
    "FLT-175": "test_refresh.py::test_an_open_reader_keeps_its_snapshot_and_a_new_one_sees_the_new_file",
    "FLT-176": "warehouse/test_publish.py::test_five_versions_are_kept_each_with_a_checksum_that_others_can_check",
    "FLT-177": "endurance/test_endurance.py::test_readers_see_no_error_and_only_whole_states",
    "FLT-178": "warehouse/test_publish.py::test_a_long_lived_process_sees_the_new_version_when_it_reconnects",
    "FLT-179": "orchestration/test_live_runs.py::test_a_killed_refresh_is_ended_by_the_next_two_that_run_at_once_and_publish_once",
    "FLT-180": "orchestration/test_live_runs.py::test_a_killed_refresh_is_ended_by_the_next_two_that_run_at_once_and_publish_once",
    "FLT-181": "test_vintages.py::test_a_clock_that_was_set_back_puts_nothing_later_before_what_was_earlier",
    "FLT-182": "test_cli_sql.py::test_a_query_without_end_is_ended",
    "FLT-183": "test_cli_sql.py::test_nothing_but_the_warehouse_is_reached",
    "FLT-184": "orchestration/test_guard.py::test_what_another_site_sends_is_refused",
    "FLT-185": "orchestration/test_guard.py::test_no_page_is_read_under_a_rebound_name",
}
"""Kind of fault → the test that injects it."""


def test_every_kind_of_operational_fault_has_a_test() -> None:
    if not KINDS.is_file():
        pytest.skip("the list of faults is not beside the project")
    with KINDS.open(encoding="utf-8") as stream:
        kinds = {row["id"] for row in csv.DictReader(stream) if row["kind"].partition("/")[0] in CATEGORIES}
    assert WHERE.keys() == kinds


def test_the_tests_that_inject_them_are_there() -> None:
    for place in set(WHERE.values()):
        path, _, name = place.partition("::")
        functions = {
            one.name
            for one in ast.parse((TESTS / path).read_text(encoding="utf-8")).body
            if isinstance(one, ast.FunctionDef)
        }
        assert name in functions, place
