"""The live witness: what travels with a function, asked of the function itself."""
