"""Retrieves instances in other transfer syntaxes and as a zip archive, and reads them with pydicom and imagecodecs.

`check_transcoding.py ROOT API_KEY` prints one line of JSON for each check: its name, and what went wrong where it has failed.
"""

import io
import json
import pathlib
import sys
import tempfile
import traceback
import zipfile

import imagecodecs
import numpy
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.fileset import FileSet
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

STUDY = generate_uid()
NOISE = numpy.random.default_rng(20).integers
GREY = NOISE(-1024, 3071, (45, 67), dtype="<i2")
COLOUR = NOISE(0, 255, (45, 67, 3), dtype="u1")


def make_instance(sop_class, pixels):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, generate_uid()
    dataset.PatientName, dataset.PatientID, dataset.Modality = "Codec^Test", "PY-2", "CT" if pixels.ndim == 2 else "OT"
    dataset.StudyDate, dataset.StudyTime, dataset.StudyID, dataset.AccessionNumber = "20240101", "120000", "1", ""
    dataset.SeriesNumber, dataset.InstanceNumber = 1, 1
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    bits = pixels.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = 1 if pixels.dtype.kind == "i" else 0
    dataset.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    return dataset


INSTANCES = {"grey": (make_instance(CTImageStorage, GREY), GREY), "colour": (make_instance(SecondaryCaptureImageStorage, COLOUR), COLOUR)}

LOSSLESS = {
    "rle": ("1.2.840.10008.1.2.5", None),
    "jpeg_lossless": ("1.2.840.10008.1.2.4.70", imagecodecs.ljpeg_decode),
    "jpeg_ls": ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_decode),
    "jpeg_2000": ("1.2.840.10008.1.2.4.90", imagecodecs.jpeg2k_decode),
    "htj2k": ("1.2.840.10008.1.2.4.201", imagecodecs.htj2k_decode),
}


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r}, not {expected!r}"[:500])


def check_lossless(client, name, look):
    transfer_syntax, decode = LOSSLESS[name]
    original, pixels = INSTANCES[look]
    uids = STUDY, original.SeriesInstanceUID, original.SOPInstanceUID
    url = "/".join((client.base_url, "studies", uids[0], "series", uids[1], "instances", uids[2]))
    accept = f"application/dicom; transfer-syntax={transfer_syntax}"
    answer = requests.get(url, headers={**client._session.headers, "Accept": accept}, timeout=20)
    expect(answer.status_code, 200)
    received = dcmread(io.BytesIO(answer.content))
    expect(received.file_meta.TransferSyntaxUID, transfer_syntax)
    # Lossless: the same instance.
    expect(received.SOPInstanceUID, original.SOPInstanceUID)
    expect(received.PatientName, original.PatientName)
    if decode is None:
        decoded = received.pixel_array
    else:
        decoded = decode(next(generate_frames(received.PixelData, number_of_frames=1)))
    expect(decoded.shape, pixels.shape)
    expect(numpy.array_equal(decoded.astype(pixels.dtype), pixels), True)


def check_baseline(client):
    original, pixels = INSTANCES["colour"]
    uids = STUDY, original.SeriesInstanceUID, original.SOPInstanceUID
    media_types = (("image/jpeg", "1.2.840.10008.1.2.4.50"),)
    (frame,) = client.retrieve_instance_frames(*uids, [1], media_types=media_types)
    decoded = imagecodecs.jpeg8_decode(bytes(frame))
    expect((decoded.shape, decoded.dtype), (pixels.shape, pixels.dtype))


def check_zip(client):
    headers = {**client._session.headers, "Accept": "application/zip"}
    answer = requests.get(f"{client.base_url}/studies/{STUDY}", headers=headers, timeout=20)
    expect((answer.status_code, answer.headers["Content-Type"].split(";")[0]), (200, "application/zip"))
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
        file_set = FileSet(next(pathlib.Path(folder).rglob("DICOMDIR")))
        loaded = {instance.SOPInstanceUID: instance.load() for instance in file_set}
    stored = {original.SOPInstanceUID: original for original, _ in INSTANCES.values()}
    expect(sorted(loaded), sorted(stored))
    for uid, dataset in loaded.items():
        expect(dataset, stored[uid])


def checks(client):
    client.store_instances([original for original, _ in INSTANCES.values()])
    for name in LOSSLESS:
        for look in INSTANCES:
            yield f"{name}_{look}", lambda: check_lossless(client, name, look)
    yield "jpeg_baseline_colour", lambda: check_baseline(client)
    yield "zip_with_dicomdir", lambda: check_zip(client)


def main():
    root, key = sys.argv[1:]
    for name, check in checks(DICOMwebClient(root, headers={"Authorization": f"Bearer {key}"})):
        problem = None
        try:
            check()
        except Exception as error:
            problem = "".join(traceback.format_exception(error)[-3:])
        print(json.dumps({"name": name, "problem": problem}), flush=True)


main()
