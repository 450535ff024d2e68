"""The daily report (日报): figures laid out as the office's forms, frozen, restated, printed."""
