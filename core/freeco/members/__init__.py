"""Who is here: communities, persons, members, households, invitations and sign-in."""
