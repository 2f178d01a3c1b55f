"""The cloud build: what `sam build` made is read, imported and weighed here."""
