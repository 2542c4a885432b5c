"""The command line `battlescope`: reads arguments and calls; no logic belongs here.

Imports that take long stand in the commands that need them, so that `--help` and the servers start at once.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from battlescope_assets.settings import FIRST_KILLMAIL_DAY, REPOSITORY, Settings

if TYPE_CHECKING:
    from battlescope_assets.io.warehouse import Warehouse

app = typer.Typer(
    help="BattleScope: battles, losses and doctrines of EVE Online from killmail archives.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

START = typer.Option("--start", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="First day.")
END = typer.Option("--end", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Last day, included.")
CodeHost = Annotated[str, typer.Option(envvar="BATTLESCOPE_CODE_HOST", help="Where the code server listens.")]
CodePort = Annotated[int, typer.Option(envvar="BATTLESCOPE_CODE_PORT", help="Its port.")]
UntilReady = Annotated[bool, typer.Option("--until-ready", help="Stop as soon as everything answers (for tests).")]


@app.command(rich_help_panel="Run it")
def demo(until_ready: UntilReady = False) -> None:
    """Serve 15 days of a simulated war, fetched over HTTP from a local upstream; needs no network."""
    from battlescope_assets.processes.demo import MAILS_PER_DAY, SEED, prepare_demo
    from battlescope_assets.processes.supervisor import serve

    with _errors_as_sentences():
        made = prepare_demo(Settings())
        days = ["--start", f"{made.first_day}", "--end", f"{made.last_day}"]
        serve(
            made.settings,
            upstream=["upstream", "--start", f"{made.first_day}", "--seed", f"{SEED}", "--mails", f"{MAILS_PER_DAY}"],
            backfill=["backfill", *days, "--missing"],
            must_be_filled=True,
            until_ready=until_ready,
            say=typer.echo,
        )


@app.command(rich_help_panel="Run it")
def up(until_ready: UntilReady = False) -> None:
    """Serve the real war: the last 7 days at once, then every day as EVE Ref publishes it."""
    from battlescope_assets.domain.window import ONE_DAY
    from battlescope_assets.processes.supervisor import serve

    today = datetime.now(UTC).date()
    settings = Settings()
    first_day = max(settings.first_day, today - 7 * ONE_DAY)
    days = ["--start", f"{first_day}", "--end", f"{max(first_day, today - ONE_DAY)}"]
    with _errors_as_sentences():
        serve(
            settings,
            upstream=None,
            backfill=["backfill", *days, "--missing"],
            must_be_filled=False,
            until_ready=until_ready,
            say=typer.echo,
        )


@app.command(rich_help_panel="Data")
def backfill(
    start: Annotated[datetime | None, START] = None,
    end: Annotated[datetime | None, END] = None,
    days: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File with one day (YYYY-MM-DD) per line.")
    ] = None,
    from_totals: Annotated[bool, typer.Option("--from-totals", help="The days EVE Ref's totals list.")] = False,
    missing: Annotated[bool, typer.Option("--missing", help="Leave out days that were built before.")] = False,
) -> None:
    """Fetch days and build everything from them; a day that did not change upstream changes nothing here."""
    from battlescope_assets.backfill import backfill as fill
    from battlescope_assets.processes.database import unbuilt_marts
    from battlescope_assets.processes.orchestrator import unfinished_days

    settings = Settings()
    with _errors_as_sentences(), _database(settings):
        chosen = _chosen_days(settings, start, end, days, from_totals)
        if chosen and min(chosen) < settings.first_day:
            message = f"{min(chosen)} is before BATTLESCOPE_FIRST_DAY, {settings.first_day}"
            raise typer.BadParameter(message)
        span = chosen
        if missing:
            chosen = unfinished_days(settings, chosen) or ([max(span)] if unbuilt_marts(settings) else [])
        if not chosen:
            typer.echo("Nothing is missing.")
            return
        typer.echo(f"{len(chosen)} days from {min(chosen)} to {max(chosen)}")
        with _chatter_in(settings.home / "logs" / "backfill.log") as progress:
            fill(settings, chosen, span, progress)


@app.command(rich_help_panel="Data")
def recluster(
    start: Annotated[datetime, START],
    end: Annotated[datetime, END],
) -> None:
    """Reconstruct the battles of the days from `--start` to `--end` again, from the stored mails."""
    from battlescope_assets.backfill import recluster as rebuild

    settings = Settings()
    if end < start:
        raise typer.BadParameter("--end is before --start")
    log = settings.home / "logs" / "recluster.log"
    with _errors_as_sentences(), _database(settings), _chatter_in(log) as progress:
        rebuild(settings, start.date(), end.date(), progress)


@app.command(rich_help_panel="Data")
def prune(
    before: Annotated[datetime, typer.Option("--before", formats=["%Y-%m-%d"], help="What ends before it goes.")],
    items_only: Annotated[bool, typer.Option("--items-only", help="Only items of mails, of days.")] = False,
) -> None:
    """Delete the battles of old months; with their mails they are gone for good a week later.

    With --items-only it deletes the items of the mails of old days, those kept on purpose included; what was lost per
    day stays.
    """
    from battlescope_assets.io.warehouse import Warehouse
    from battlescope_assets.processes.database import database_url

    settings, now = Settings(), datetime.now(UTC)
    with _errors_as_sentences(), _database(settings):
        warehouse = Warehouse(database_url(settings))
        done = _prune_items if items_only else _prune_months
        for line in done(warehouse, before.date(), now):
            typer.echo(line)


def _prune_months(warehouse: "Warehouse", before: date, now: datetime) -> Iterator[str]:
    from battlescope_assets.io.retention import months_before, prune_month

    with warehouse.transaction() as connection:
        months = months_before(connection, before)
    for month in months:
        with warehouse.transaction() as connection:
            pruned = prune_month(connection, month, "pruned by the operator", now)
        if pruned.is_purged:
            yield f"{month:%Y-%m}: purged"
        elif pruned.battles_deleted:
            yield f"{month:%Y-%m}: {pruned.battles_deleted} battles deleted; the rest goes in a week"
        else:
            yield f"{month:%Y-%m}: its battles are deleted; the rest goes a week after them"
    if not months:
        yield "No month that is stored ends before that day."


def _prune_items(warehouse: "Warehouse", before: date, now: datetime) -> Iterator[str]:
    from battlescope_assets.io.item_retention import days_with_items, prune

    with warehouse.transaction() as connection:
        days = days_with_items(connection, FIRST_KILLMAIL_DAY, before)
    pruned = prune(warehouse, [day for day in days if day < before], now)
    for day, reason in pruned.left.items():
        yield f"{day} keeps its items: {reason}"
    for table in pruned.read_meanwhile:
        yield f"{table} is read for long: its space is given back another day"
    yield f"Deleted {sum(pruned.stacks.values())} stacks of items of {len(pruned.stacks)} days"


@app.command(rich_help_panel="Data")
def evaluate(
    archives: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of EVE Ref archives.")],
    static_data: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CCP's static data, JSONL zip.")],
    clusters: Annotated[Path, typer.Option(help="CSV to write: killmail_id,battle_id.")],
    sides: Annotated[Path, typer.Option(help="CSV to write: battle_id,character_id,side.")],
) -> None:
    """Reconstruct the battles of a folder of archives without a database, for scoring."""
    from battlescope_assets.evaluation.reconstruction import answer, archived_mails, write_clusters, write_sides
    from battlescope_assets.io.static_data import read_zip

    with _errors_as_sentences():
        mails = archived_mails(archives)
        found = answer(mails, read_zip(static_data))
        write_clusters(found, clusters)
        write_sides(found, sides)
    typer.echo(f"{len(mails)} mails; wrote {clusters} and {sides}")


@app.command(rich_help_panel="Data")
def quality(
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File to write: the scores beside those of other methods.")
    ] = None,
) -> None:
    """Score reconstruction on wars with known truth; fails where an aim is missed."""
    from battlescope_assets.evaluation.profiles import SHARED_TRUTH, profiles
    from battlescope_assets.evaluation.report import markdown, missed_aims, scored, summary
    from battlescope_assets.io.static_data import read_snapshot

    if not SHARED_TRUTH.is_dir():
        typer.echo(f"There is no shared truth at {SHARED_TRUTH}: the simulator's own wars are scored alone.\n")
    with _errors_as_sentences():
        static_data = read_snapshot()
        found = []
        for profile in profiles(static_data):
            found.append(scored(profile, static_data, with_baselines=report is not None))
            typer.echo(f"{profile.name}\n\n{summary(found[-1])}\n")
        if report is not None:
            report.write_text(markdown(found))
            typer.echo(f"Wrote {report}")
    missed = [sentence for profile in found for sentence in missed_aims(profile)]
    for sentence in missed:
        typer.secho(sentence, fg="red", err=True)
    if missed:
        raise typer.Exit(1)


@app.command(rich_help_panel="Data")
def values(days: Annotated[int, typer.Option(min=1, help="How many days back from today.")] = 30) -> None:
    """Show how far our values of killmails are from zKillboard's, where its feed brought them."""
    from battlescope_assets.io.values import read_distribution
    from battlescope_assets.io.warehouse import Warehouse
    from battlescope_assets.processes.database import database_url

    settings = Settings()
    with _database(settings), Warehouse(database_url(settings)).transaction() as connection:
        rows = read_distribution(connection, datetime.now(UTC).date() - timedelta(days=days))
    typer.echo("day         mails  ours/theirs p5    p25    p50    p75    p95  within 5 %  in range  same flags")
    for row in rows:
        ratios = (row.ratio_p5, row.ratio_p25, row.ratio_p50, row.ratio_p75, row.ratio_p95)
        shares = (row.share_within_5_percent, row.share_within_range, row.share_same_flags)
        typer.echo(
            f"{row.day}  {row.mails_compared:5}       {'  '.join(f'{ratio:5.2f}' for ratio in ratios)}"
            f"  {'  '.join(f'{share:10.1%}' for share in shares)}"
        )
    if not rows:
        typer.echo("No day can be compared yet: zKillboard's values come with its feed.")


@app.command(rich_help_panel="Run it")
def latency(
    feed: Annotated[str, typer.Option(help="Address of the killmail feed, which must be a local upstream.")],
    api: Annotated[str, typer.Option(help="Address of the API of a BattleScope that follows that feed.")],
    mails: Annotated[int, typer.Option(min=1, help="How many to watch.")] = 500,
) -> None:
    """Measure how long mails take from their publication on the feed to `/api/killmails/{id}`."""
    from battlescope_assets.latency import measure

    with _errors_as_sentences():
        for line in measure(feed.rstrip("/"), api.rstrip("/"), mails):
            typer.echo(line)


@app.command(rich_help_panel="Run it")
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it."""
    from battlescope_assets.processes.doctor import State, examine

    colours = {State.OK: "green", State.NOTE: "yellow", State.BROKEN: "red"}
    broken = False
    for finding in examine(Settings()):
        broken |= finding.state is State.BROKEN
        typer.echo(f"{typer.style(f'{finding.state:>6}', fg=colours[finding.state])}  {finding.what}")
        if finding.mend:
            typer.echo(f"        → {finding.mend}")
    if broken:
        raise typer.Exit(1)


@app.command(rich_help_panel="Data")
def footprint() -> None:
    """Say how many bytes the database spends on an average battle of each kind, indexes included."""
    from battlescope_assets.io.footprint import footprints
    from battlescope_assets.io.warehouse import Warehouse
    from battlescope_assets.processes.database import database_url

    settings = Settings()
    with _errors_as_sentences(), _database(settings), Warehouse(database_url(settings)).transaction() as connection:
        typer.echo(f"{'kind':<15}{'battles':>9}{'rows':>8}{'indexes':>9}{'bytes':>8}")
        for found in footprints(connection):
            whole = found.row_bytes + found.index_bytes
            typer.echo(
                f"{found.kind:<15}{found.battles:>9}{found.row_bytes:>8.0f}{found.index_bytes:>9.0f}{whole:>8.0f}"
            )


@app.command(rich_help_panel="Single services")
def migrate(
    build: Annotated[
        bool, typer.Option("--build", help="Also load static data and build marts where they are missing.")
    ] = False,
) -> None:
    """Make the databases where missing and bring the schema up to date."""
    settings = Settings()
    with _errors_as_sentences(), _database(settings):
        typer.echo("The schema is up to date.")
        if build:
            from battlescope_assets.backfill import build_missing

            with _chatter_in(settings.home / "logs" / "migrate.log") as progress:
                build_missing(settings, progress)


@app.command(rich_help_panel="Single services")
def code(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: CodePort = 4000,
) -> None:
    """Serve the assets to Dagster's webserver and daemon; runs are its children."""
    from battlescope_assets.processes.orchestrator import dagster_environment, report_orphaned_runs

    os.environ.update(dagster_environment(Settings()))
    if orphans := report_orphaned_runs():
        typer.echo(f"{orphans} runs that a dead process left behind are reported as failed")
    _become("dagster", "api", "grpc", "-h", host, "-p", f"{port}", "-m", "battlescope_assets.definitions")


@app.command(rich_help_panel="Single services")
def webserver(code_host: CodeHost = "127.0.0.1", code_port: CodePort = 4000) -> None:
    """Serve the Dagster UI."""
    settings = Settings()
    _use_code_server(settings, code_host, code_port)
    workspace = f"{REPOSITORY / 'workspace.yaml'}"
    _become("dagster_webserver", "-h", settings.dagster_host, "-p", f"{settings.dagster_port}", "-w", workspace)


@app.command(rich_help_panel="Single services")
def daemon(code_host: CodeHost = "127.0.0.1", code_port: CodePort = 4000) -> None:
    """Run schedules, sensors, the run queue and backfills."""
    _use_code_server(Settings(), code_host, code_port)
    _become("dagster._daemon", "run", "-w", f"{REPOSITORY / 'workspace.yaml'}")


@app.command(rich_help_panel="Single services")
def api() -> None:
    """Serve the REST API and the pages."""
    settings = Settings()
    address = ["--host", settings.api_host, "--port", f"{settings.api_port}"]
    _become(
        "uvicorn",
        "api.app:app_from_environment",
        "--factory",
        *address,
        "--no-access-log",
        "--no-proxy-headers",
        "--timeout-graceful-shutdown",
        "5",
    )


@app.command(rich_help_panel="Single services")
def upstream(
    start: Annotated[datetime, START],
    end: Annotated[datetime | None, END] = None,
    port: Annotated[int, typer.Option(help="Port to listen on, on the loopback address.")] = 8900,
    seed: Annotated[int, typer.Option(help="The same seed makes the same war.")] = 1,
    mails: Annotated[int, typer.Option(help="Killmails of a mean day.")] = 1_500,
    speed: Annotated[float, typer.Option(min=1, help="How many times as fast as the real time the war goes on.")] = 1,
) -> None:
    """Serve a simulated war in the formats of EVE Ref, zKillboard's feed, ESI and CCP's static data.

    Without --end the war goes on: days get their archives as they end, and the feed follows the clock.
    """
    from battlescope_assets.io.static_data import read_snapshot
    from battlescope_assets.simulator.war import War
    from battlescope_assets.upstream.catalogue import Catalogue
    from battlescope_assets.upstream.clock import sped_up, utc_now
    from battlescope_assets.upstream.server import serve

    war, clock = War(read_snapshot(), seed, mails), sped_up(utc_now(), speed)
    folder = Settings().home / "upstream"
    serve(Catalogue(war, start.date(), end and end.date(), folder, now=clock), "127.0.0.1", port)


@contextmanager
def _database(settings: Settings) -> Iterator[None]:
    """A migrated database, and Dagster's environment for it in this process."""
    from battlescope_assets.processes.database import migrate
    from battlescope_assets.processes.orchestrator import dagster_environment
    from battlescope_assets.processes.postgres import embedded_postgres

    with ExitStack() as stack:
        if settings.database_url is None:
            stack.enter_context(embedded_postgres(settings.embedded_postgres_folder))
        migrate(settings)
        os.environ.update(dagster_environment(settings))
        yield


@contextmanager
def _chatter_in(log: Path) -> Iterator[Callable[[str], None]]:
    """Sends what Dagster and dbt print, their processes included, to a log; yields what shows a line to people."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    shown = [os.dup(number) for number in (1, 2)]
    try:
        with log.open("ab") as output, open(shown[0], "w", closefd=False) as screen:  # a descriptor
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            yield lambda line: typer.echo(line, file=screen)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, descriptor in zip((1, 2), shown, strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)


def _chosen_days(
    settings: Settings, start: datetime | None, end: datetime | None, file: Path | None, from_totals: bool
) -> list[date]:
    if (start is None) != (end is None) or (start and end and end < start):
        raise typer.BadParameter("--start and --end go together, in this order")
    if (start is not None) + (file is not None) + from_totals != 1:
        raise typer.BadParameter("say which days: --start and --end, or --days FILE, or --from-totals")
    if file is not None:
        lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
        return sorted({date.fromisoformat(line) for line in lines if line})
    if start and end:
        from battlescope_assets.domain.window import Window

        return list(Window.of_days(start.date(), end.date()).days())
    from battlescope_assets.assets.archive_days import archive_totals
    from battlescope_assets.sources import sources

    return sorted(day for day in archive_totals(sources(settings).everef, "killmails") if day >= settings.first_day)


def _use_code_server(settings: Settings, host: str, port: int) -> None:
    from battlescope_assets.processes.orchestrator import dagster_environment

    os.environ.update(dagster_environment(settings))
    os.environ.update({"BATTLESCOPE_CODE_HOST": host, "BATTLESCOPE_CODE_PORT": f"{port}"})


def _become(module: str, *arguments: str) -> NoReturn:
    """Replaces this process by a Python program, which thus gets our signals and our environment."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606  # our own programs, no shell


@contextmanager
def _errors_as_sentences() -> Iterator[None]:
    """Shows what goes wrong as its message, for errors that are written for people."""
    from battlescope_assets.io.archive import ArchiveError
    from battlescope_assets.io.sources import SourceError
    from battlescope_assets.processes.database import DatabaseError
    from battlescope_assets.processes.postgres import EmbeddedPostgresError
    from battlescope_assets.processes.supervisor import SupervisorError

    try:
        yield
    except (
        ArchiveError,
        SourceError,
        DatabaseError,
        EmbeddedPostgresError,
        SupervisorError,
        RuntimeError,
        ValueError,  # malformed JSON and static data among them
    ) as error:
        typer.secho(f"battlescope: {error}", fg="red", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
