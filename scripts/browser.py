"""A headless Chromium, driven over its own protocol: open a page, do something, take a picture."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
START_S = 40.0
STEP_S = 0.05
MAX_PICTURE = 32 * 1024 * 1024
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--ignore-certificate-errors",
    "--remote-debugging-port=0",
)


def chromium() -> str | None:
    """The program, or None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Tab:
    """One page."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.requested: list[str] = []
        """Addresses that the page has asked for."""
        self.problems: list[str] = []
        """What the browser complained of: errors of scripts, what the policy forbids."""

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        await self._line.send(json.dumps(message))
        while True:
            heard = json.loads(await asyncio.wait_for(self._line.recv(), START_S))
            if heard.get("id") == number:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                answer: dict[str, Any] = heard["result"]
                return answer
            self._note(heard)

    def _note(self, heard: dict[str, Any]) -> None:
        params = heard.get("params", {})
        match heard.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.requested.append(params["url"])
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.problems.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.problems.append(str(params["exceptionDetails"]))

    async def attach(self) -> None:
        """Make the page."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            await self.call(f"{domain}.enable")

    async def size(self, width: int, height: int) -> None:
        """Let the window be so large."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=url)

    async def value(self, script: str) -> Any:
        """What an expression of JavaScript gives."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            return None
        return answer["result"].get("value")

    async def until(self, script: str, timeout_s: float = START_S) -> Any:
        """Wait until an expression is true.

        Raises:
            TimeoutError: it was not.
        """
        async with asyncio.timeout(timeout_s):
            while True:
                if found := await self.value(script):
                    return found
                await asyncio.sleep(STEP_S)

    async def picture(self) -> bytes:
        """The window as PNG."""
        taken = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(taken["data"])


@asynccontextmanager
async def browser(program: str) -> AsyncIterator[Tab]:
    """A page of a browser of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *_ARGUMENTS,
            f"--user-data-dir={profile}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
        )
        try:
            address = await _address(Path(profile) / "DevToolsActivePort")
            async with connect(address, max_size=MAX_PICTURE, proxy=None) as line:
                tab = Tab(line)
                await tab.attach()
                yield tab
                with contextlib.suppress(Exception):
                    await tab.call("Browser.close")
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _address(file: Path) -> str:
    async with asyncio.timeout(START_S):
        while True:
            with contextlib.suppress(OSError, ValueError):
                port, path = file.read_text().split()  # noqa: ASYNC240 - two short lines
                return f"ws://127.0.0.1:{port}{path}"
            await asyncio.sleep(STEP_S)
