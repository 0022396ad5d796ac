"""Where learning platforms send browsers to, and ask for our keys: the entry points of LTI 1.3.

They take no token of ours: who comes is said by what the platform signed. The blueprint is `public.api`.
"""
