"""Re-gridding: a plan of moved, merged and split units, worked out, told, and carried out."""
