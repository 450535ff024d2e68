"""``armband-server policy``: the office's settings and its table of measures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any

import msgspec

from armband.server.cli.options import add_common, name_text, user_name
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode
from armband.server.model import SettingsVersion
from armband.server.policy_file import example, policy_text, read_policy
from armband.shared.policy import Policy


def add_parser(subparsers: Any) -> None:
    """Add ``policy`` with its three verbs."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "policy",
        help="show or set thresholds, terms and the table of measures",
        description="The office's settings: from which temperature on it is fever, when the day "
        "begins, how long terminals keep work, how soon a case is to be accepted, and what is "
        "ordered for returnees from which day on. Terminals get them at once.",
    )
    verbs: Any = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = verbs.add_parser("show", help="the settings in force, as a file that set takes")
    show.add_argument("--versions", action="store_true", help="who set which version when")
    add_common(show)
    setting = verbs.add_parser("set", help="put the settings of a file in force")
    setting.add_argument("file", type=Path, metavar="FILE", help="TOML; see policy example")
    setting.add_argument(
        "--dry-run", action="store_true", help="say what would change and change nothing"
    )
    setting.add_argument("--by", type=name_text, metavar="NAME", help="who sets it")
    add_common(setting)
    sample = verbs.add_parser("example", help="a table of 2022, to start from")
    add_common(sample, with_json=False)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Show, set, or print the example."""
    if args.action == "example":
        out.line(example().rstrip())
        return ExitCode.DONE
    async with open_desk(args.data, real_environment()) as desk:
        about = await desk.call("policy")
        now = msgspec.convert(about["policy"], Policy)
        if args.action == "show":
            _show(now, msgspec.convert(about["versions"], list[SettingsVersion]), args, out)
            return ExitCode.DONE
        wanted = read_policy(args.file, now)
        changed = wanted != now
        if changed and not args.dry_run:
            call = {"policy": wanted, "author": args.by or user_name(), "version": now.version}
            wanted = msgspec.convert((await desk.call("set_policy", call))["policy"], Policy)
    _tell(now, wanted, args, out)
    return ExitCode.DONE


def _show(
    policy: Policy, versions: Sequence[SettingsVersion], args: argparse.Namespace, out: Output
) -> None:
    if args.versions:
        if out.as_json:
            out.json(versions)
            return
        rows = [(str(v.version), moment(v.at_ms), v.author) for v in versions]
        out.table(("version", "when", "by"), rows)
        return
    if out.as_json:
        out.json(msgspec.structs.asdict(policy))
        return
    last = versions[0] if versions else None
    told = f", set by {last.author} on {moment(last.at_ms)}" if last else ": as the office began"
    out.line(f"# version {policy.version}{told}")
    out.line(policy_text(policy))


def _tell(before: Policy, after: Policy, args: argparse.Namespace, out: Output) -> None:
    if out.as_json:
        out.json({"changed": before != after, "version": after.version, "dry_run": args.dry_run})
        return
    old, new = policy_text(before).splitlines(), policy_text(after).splitlines()
    for line in list(unified_diff(old, new, lineterm="", n=2))[2:]:
        out.line(line)
    if before == after:
        out.line("nothing would change: these settings are in force")
    elif args.dry_run:
        out.note("dry run: nothing was changed")
    else:
        out.line(f"version {after.version} is in force; terminals that are connected get it now")
