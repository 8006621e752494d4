"""Organisations: associations, AMAPs, companies, communes, and the persons who act for them."""
