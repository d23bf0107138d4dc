-- Up Migration
-- A name matches in any of its component groups: an index that one of the three lacks serves none of them.

CREATE INDEX study_referring_physician_name_ideographic ON study (referring_physician_name_ideographic)
  WHERE referring_physician_name_ideographic IS NOT NULL;
CREATE INDEX study_referring_physician_name_phonetic ON study (referring_physician_name_phonetic)
  WHERE referring_physician_name_phonetic IS NOT NULL;
CREATE INDEX series_performing_physician_name ON series (performing_physician_name);
CREATE INDEX series_performing_physician_name_ideographic ON series (performing_physician_name_ideographic)
  WHERE performing_physician_name_ideographic IS NOT NULL;
CREATE INDEX series_performing_physician_name_phonetic ON series (performing_physician_name_phonetic)
  WHERE performing_physician_name_phonetic IS NOT NULL;
