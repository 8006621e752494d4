"""Freeco's core: membership, the ethical charter, and modules that open with the membership.

Author's face for modules: ``freeco.db``, ``freeco.module``, ``freeco.hookspecs``,
``freeco.models``, ``freeco.errors``, ``freeco.events``, ``freeco.doors``, ``freeco.web.forms``.
"""
