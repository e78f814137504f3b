"""Files: their addresses hold their ids, which say what they are ids of."""

from django.urls import path

from .views import files

urlpatterns = [
    path("clients/<int:account>/documents/", files.documents, name="account-documents"),
    path("files/", files.add, name="file-add"),
    path("files/uploads/", files.uploads, name="uploads"),
    path("files/uploads/<str:token>/", files.upload, name="upload"),
    path("files/<str:file>/", files.file, name="file"),
    path("files/<str:file>/share/", files.share, name="file-share"),
    path("files/<str:file>/bin/", files.throw_away, name="file-bin"),
    path("files/<str:file>/restore/", files.restore, name="file-restore"),
]
