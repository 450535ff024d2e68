"""How the office is: figures for a monitoring system, on a loopback port of their own."""
