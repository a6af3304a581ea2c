"""A page as typed blocks, and the composers that make one."""
