"""Forms, derived from the declarations of the kinds."""
