"""Drives a server with dicomweb-client: `drive_dicomweb_client.py ROOT API_KEY`.

Prints one line of JSON for each check: its name, and what went wrong where it has failed. The data sets are made here, by pydicom.
"""

import io
import json
import sys
import traceback
import warnings

import numpy
import requests
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MultiFrameGrayscaleWordSecondaryCaptureImageStorage
from pydicom.uid import generate_uid
from requests import HTTPError

ROWS, COLUMNS, FRAMES = 24, 40, 3
STUDY, SERIES = generate_uid(), generate_uid()
RAMP = numpy.arange(FRAMES * ROWS * COLUMNS, dtype="<u2").reshape(FRAMES, ROWS, COLUMNS)
PRIVATE = bytes(range(256)) * 16


def make_instance(number):
    """An image of three frames, with text beyond ASCII, a sequence and a long private value."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, SERIES
    dataset.PatientName, dataset.PatientID = "Ångström^Åsa=山田^花子", "PY-1"
    dataset.PatientBirthDate, dataset.PatientSex = "19700102", "F"
    dataset.StudyDate, dataset.StudyTime, dataset.AccessionNumber = "20240229", "235958", "ACC 1"
    dataset.StudyID, dataset.ReferringPhysicianName = "1", ""
    dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "OT", 7, number
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D1100", "SRT", "Head"
    dataset.AnatomicRegionSequence = [code]
    block = dataset.private_block(0x0019, "ISOCENTER TEST", create=True)
    block.add_new(0x01, "OB", PRIVATE)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = ROWS, COLUMNS, FRAMES
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 0
    dataset.WindowCenter, dataset.WindowWidth = RAMP.size / 2, RAMP.size
    dataset.PixelData = (RAMP + number).tobytes()
    return dataset


INSTANCES = [make_instance(1), make_instance(2)]
FIRST = (STUDY, SERIES, INSTANCES[0].SOPInstanceUID)


def uids(rows, tag):
    return sorted(row[tag]["Value"][0] for row in rows)


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r}, not {expected!r}"[:500])


def expect_equal_data(received):
    """The same elements, whatever the order of the instances."""
    expect(len(received), len(INSTANCES))
    stored = {dataset.SOPInstanceUID: dataset for dataset in INSTANCES}
    for dataset in received:
        expect(dataset, stored[dataset.SOPInstanceUID])


def store_instances(client):
    answer = client.store_instances(INSTANCES)
    stored = [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence]
    expect(sorted(stored), sorted(dataset.SOPInstanceUID for dataset in INSTANCES))
    expect("FailedSOPSequence" in answer, False)


def store_instances_of_a_study(client):
    other = make_instance(3)
    other.StudyInstanceUID = generate_uid()
    try:
        client.store_instances([other], study_instance_uid=STUDY)
    except HTTPError as error:
        expect(error.response.status_code, 409)
    else:
        raise AssertionError("an instance of another study was taken")


def search_for_studies(client):
    for filters in (
        {"PatientID": "PY-1"},
        {"PatientName": "ang*"},
        {"PatientName": "山田*"},
        {"StudyDate": "20240201-20240301", "PatientID": "PY-1"},
        {"AccessionNumber": "ACC 1"},
        {"StudyInstanceUID": f"1.2.3,{STUDY}"},
        {"ModalitiesInStudy": "OT"},
    ):
        expect(uids(client.search_for_studies(search_filters=filters), "0020000D"), [STUDY])
    expect(client.search_for_studies(search_filters={"PatientID": "nobody"}), [])
    (row,) = client.search_for_studies(fields=["PatientBirthDate", "00080020"], search_filters={"PatientID": "PY-1"})
    expect(Dataset.from_json(row).PatientName, INSTANCES[0].PatientName)
    expect(Dataset.from_json(row).NumberOfStudyRelatedInstances, 2)


def search_for_series(client):
    expect(uids(client.search_for_series(STUDY), "0020000E"), [SERIES])
    expect(uids(client.search_for_series(search_filters={"SeriesNumber": 7, "Modality": "OT"}), "0020000E"), [SERIES])


def search_for_instances(client):
    everyone = sorted(dataset.SOPInstanceUID for dataset in INSTANCES)
    expect(uids(client.search_for_instances(STUDY), "00080018"), everyone)
    expect(uids(client.search_for_instances(STUDY, SERIES), "00080018"), everyone)
    found = client.search_for_instances(search_filters={"InstanceNumber": 2}, fields=["AnatomicRegionSequence"])
    expect(uids(found, "00080018"), [INSTANCES[1].SOPInstanceUID])
    expect(Dataset.from_json(found[0]).AnatomicRegionSequence[0].CodeMeaning, "Head")


def search_page_by_page(client):
    pages = client.search_for_instances(STUDY, limit=1) + client.search_for_instances(STUDY, limit=1, offset=1)
    expect(uids(pages, "00080018"), sorted(dataset.SOPInstanceUID for dataset in INSTANCES))
    expect(len(client.search_for_instances(STUDY, limit=1, get_remaining=True)), 2)


def search_fuzzily(client):
    expect(uids(client.search_for_studies(fuzzymatching=True, search_filters={"PatientName": "Angstrom"}), "0020000D"), [STUDY])


def retrieve_study(client):
    expect_equal_data(client.retrieve_study(STUDY))
    expect_equal_data(list(client.iter_study(STUDY)))


def retrieve_series(client):
    expect_equal_data(client.retrieve_series(STUDY, SERIES))
    expect_equal_data(list(client.iter_series(STUDY, SERIES)))


def retrieve_instance(client):
    received = client.retrieve_instance(*FIRST)
    expect(received, INSTANCES[0])
    expect(received.file_meta.TransferSyntaxUID, ExplicitVRLittleEndian)
    as_stored = (("application/dicom", "*"),)
    expect(client.retrieve_instance(*FIRST, media_types=as_stored), INSTANCES[0])


def retrieve_metadata(client):
    of_all = client.retrieve_study_metadata(STUDY), client.retrieve_series_metadata(STUDY, SERIES)
    for rows in of_all:
        expect(uids(rows, "00080018"), sorted(dataset.SOPInstanceUID for dataset in INSTANCES))
    row = client.retrieve_instance_metadata(*FIRST)
    metadata = Dataset.from_json(row, bulk_data_uri_handler=lambda tag, vr, uri: bytes(client.retrieve_bulkdata(uri)[0]))
    for element in INSTANCES[0]:
        expect(metadata[element.tag].value, element.value)


def retrieve_frames(client):
    frames = client.retrieve_instance_frames(*FIRST, frame_numbers=[3, 1])
    expect(frames, [(RAMP[2] + 1).tobytes(), (RAMP[0] + 1).tobytes()])
    iterated = client.iter_instance_frames(*FIRST, frame_numbers=[2], media_types=(("application/octet-stream", "*"),))
    expect(list(iterated), [(RAMP[1] + 1).tobytes()])


def retrieve_frames_as_jpeg_2000(client):
    import imagecodecs

    for media_type, transfer_syntax in (("image/jp2", "1.2.840.10008.1.2.4.90"), ("image/jls", "1.2.840.10008.1.2.4.80")):
        (frame,) = client.retrieve_instance_frames(*FIRST, [2], media_types=((media_type, transfer_syntax),))
        decode = imagecodecs.jpeg2k_decode if media_type == "image/jp2" else imagecodecs.jpegls_decode
        expect(numpy.array_equal(decode(frame), RAMP[1] + 1), True)


def retrieve_rendered(client):
    for media_type in ("image/png", "image/jpeg"):
        for body in (
            client.retrieve_instance_rendered(*FIRST, media_types=(media_type,)),
            client.retrieve_instance_frames_rendered(*FIRST, frame_numbers=[1], media_types=(media_type,)),
        ):
            image = Image.open(io.BytesIO(body))
            expect(image.size, (COLUMNS, ROWS))
            grey = numpy.asarray(image.convert("L")).astype(int)
            # The window spans the ramp of all frames: the first third of the grey levels, rising.
            expect((grey[0, 0] <= 3, abs(int(grey[-1, -1]) - 85) <= 3), (True, True))
    windowed = client.retrieve_instance_rendered(
        *FIRST, media_types=("image/png",), params={"window": "480,960,linear", "viewport": "20,12"}
    )
    image = Image.open(io.BytesIO(windowed))
    expect(image.size, (20, 12))
    expect(numpy.asarray(image.convert("L")).max() > 240, True)


def retrieve_series_rendered(client):
    body = client.retrieve_series_rendered(STUDY, SERIES, media_types=("image/png",))
    expect(len(body) > 0, True)


def retrieve_bulkdata(client):
    row = client.retrieve_instance_metadata(*FIRST)
    uri = row["00191001"]["BulkDataURI"]
    expect(client.retrieve_bulkdata(uri), [PRIVATE])
    expect(b"".join(client.iter_bulkdata(uri)), PRIVATE)
    expect(client.retrieve_bulkdata(row["7FE00010"]["BulkDataURI"]), [INSTANCES[0].PixelData])


def retrieve_bulkdata_in_ranges(client):
    uri = client.retrieve_instance_metadata(*FIRST)["00191001"]["BulkDataURI"]
    # dicomweb-client asks for parts of multipart/related; of these the server gives all (RFC 9110 14.2: it may ignore Range).
    expect(client.retrieve_bulkdata(uri, byte_range=(10, 19)), [PRIVATE])
    key = {"Authorization": client._session.headers["Authorization"]}
    answer = requests.get(uri, headers={**key, "Accept": "application/octet-stream", "Range": "bytes=10-19"}, timeout=20)
    expect((answer.status_code, answer.content), (206, PRIVATE[10:20]))
    expect(answer.headers["Content-Range"], f"bytes 10-19/{len(PRIVATE)}")


def is_told_what_was_wrong(client):
    for call, status in (
        (lambda: client.retrieve_instance(STUDY, SERIES, "1.2.3"), 404),
        (lambda: client.search_for_studies(search_filters={"StudyDate": "soon"}), 400),
        (lambda: DICOMwebClient(client.base_url).search_for_studies(), 401),
    ):
        try:
            call()
        except HTTPError as error:
            expect(error.response.status_code, status)
        else:
            raise AssertionError(f"no {status}")


def delete(client):
    client.delete_instance(*FIRST)
    expect(uids(client.search_for_instances(STUDY), "00080018"), [INSTANCES[1].SOPInstanceUID])
    client.delete_series(STUDY, SERIES)
    expect(client.search_for_series(STUDY), [])
    client.store_instances(INSTANCES)
    client.delete_study(STUDY)
    expect(client.search_for_studies(search_filters={"PatientID": "PY-1"}), [])


# In this order: what is stored first is deleted last.
CHECKS = (
    store_instances,
    store_instances_of_a_study,
    search_for_studies,
    search_for_series,
    search_for_instances,
    search_page_by_page,
    search_fuzzily,
    retrieve_study,
    retrieve_series,
    retrieve_instance,
    retrieve_metadata,
    retrieve_frames,
    retrieve_frames_as_jpeg_2000,
    retrieve_rendered,
    retrieve_series_rendered,
    retrieve_bulkdata,
    retrieve_bulkdata_in_ranges,
    is_told_what_was_wrong,
    delete,
)


def main():
    root, key = sys.argv[1:]
    client = DICOMwebClient(root, headers={"Authorization": f"Bearer {key}"})
    for check in CHECKS:
        problem = None
        # dicomweb-client warns of answers that it takes although the Standard does not allow them.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                check(client)
            except Exception as error:
                body = error.response.text[:300] if isinstance(error, HTTPError) else ""
                problem = f"{''.join(traceback.format_exception(error)[-3:])}{body}"
        print(json.dumps({"name": check.__name__, "problem": problem}), flush=True)


main()
