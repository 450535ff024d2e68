"""The colours, and the tokens that the style sheets use."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="armband",
    dark=True,
    primary="#5fa8d3",
    secondary="#8fb8de",
    accent="#e3b341",
    foreground="#e6e9ec",
    background="#101418",
    surface="#171c22",
    panel="#1e252d",
    success="#6cc486",
    warning="#e3b341",
    error="#ff7b72",
    variables={
        "quiet": "#8b97a3",
        "strong": "#ffffff",
        "good": "#6cc486",
        "wait": "#e3b341",
        "bad": "#ff7b72",
        "rule": "#39434e",
        "cursor-row": "#24425c",
        "border": "#5fa8d3",
        "border-blurred": "#39434e",
        "input-cursor-background": "#e6e9ec",
        "input-cursor-foreground": "#101418",
        "scrollbar": "#39434e",
        "scrollbar-hover": "#5fa8d3",
        "scrollbar-active": "#5fa8d3",
        "scrollbar-background": "#101418",
        "scrollbar-background-hover": "#101418",
        "scrollbar-background-active": "#101418",
        "scrollbar-corner-color": "#101418",
    },
)
