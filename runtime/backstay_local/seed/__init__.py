"""From files that describe an organization, its resources and its set-up to a world that holds them."""
