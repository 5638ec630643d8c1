"""The certificate: a page for people (PDF, Chinese and English) that carries its proof and is signed as PAdES."""
