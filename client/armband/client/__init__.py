"""The terminal: screens, local store, sync link, headless commands, API for scripts."""
