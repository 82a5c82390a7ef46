from __future__ import annotations

from decimal import Decimal

from kring.foundation.charts import Series, bars, lines, stacked


def test_bars_carry_the_same_figures_as_the_table() -> None:
    chart = bars("Per sector", ["Sport", "Zorg"], Series("toezeggingen", [1250, 3]))

    assert chart.head == ["", "toezeggingen"]
    assert chart.rows == [["Sport", "1.250"], ["Zorg", "3"]]
    assert 'aria-label="Per sector"' in chart.svg
    assert 'width="100.00%"' in chart.svg
    assert 'width="0.24%"' in chart.svg


def test_stacked_parts_follow_one_another() -> None:
    chart = stacked("Afloop", ["Leden"], [Series("nagekomen", [3]), Series("terug", [Decimal(1)])])

    assert '<rect class="bar series-0" x="0.00%" y="24" width="75.00%"' in chart.svg
    assert '<rect class="bar series-1" x="75.00%" y="24" width="25.00%"' in chart.svg
    assert chart.rows == [["Leden", "3", "1"]]


def test_lines_have_a_dot_per_figure_and_a_round_top() -> None:
    chart = lines("Per maand", ["jan", "feb", "mrt"], [Series("afgesproken", [2, 9, 4])])

    assert chart.svg.count('class="dot"') == 3
    assert ">12</text>" in chart.svg


def test_charts_stand_without_figures() -> None:
    assert bars("Leeg", [], Series("x", [])).rows == []
    assert bars("Nul", ["a"], Series("x", [0])).rows == [["a", "0"]]
    assert stacked("Leeg", [], [Series("x", [])]).rows == []
    assert lines("Leeg", [], [Series("x", [])]).rows == []


def test_labels_are_escaped() -> None:
    chart = bars("<b>", ["<script>"], Series("x", [1]))

    assert "<script>" not in chart.svg
    assert "<b>" not in chart.svg
