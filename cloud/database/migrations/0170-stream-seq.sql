-- Why: writers of a stream may order their appends among themselves by the header Stream-Seq (Durable Streams 5.2).
-- Survives the previous release: yes, one new column that it never names.

-- The last Stream-Seq that was accepted; later ones must sort after it as text.
ALTER TABLE streams ADD COLUMN writer_seq text;
