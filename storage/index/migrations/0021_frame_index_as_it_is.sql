-- Up Migration
-- A part of a long index is read by itself only where the index is not compressed; else all that stands before the part is decompressed
-- first. What is stored already stays as it is.
ALTER TABLE instance ALTER COLUMN frame_index SET STORAGE EXTERNAL;
