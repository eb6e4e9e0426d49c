"""How things are checked, a module a subject; which rule is what stands in `lading.validate.builtin`."""
