"""Courses: people, assignments, what is handed in, and grades.

Functions take the session first, and neither commit nor enqueue: their caller does.
"""
