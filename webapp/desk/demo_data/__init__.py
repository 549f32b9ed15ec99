"""What the demo agency «Сто дорог» is made of: its people, clients, trips, how its past is lived, how it leaves."""
