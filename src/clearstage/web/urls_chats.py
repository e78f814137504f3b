"""Conversations with clients, and what members say to one another."""

from django.urls import path

from .views import chats, comments

urlpatterns = [
    path("jobs/<int:job>/chats/new/", chats.begin_on_a_job, name="job-chat-new"),
    path("clients/<int:account>/chats/new/", chats.begin_on_an_account, name="account-chat-new"),
    path("chats/<str:chat>/", chats.chat, name="chat"),
    path("chats/<str:chat>/write/", chats.write, name="chat-write"),
    path("chats/<str:chat>/seen/", chats.seen, name="chat-seen"),
    path("chats/<str:chat>/withdraw/", chats.withdraw, name="chat-withdraw"),
    path("chats/<str:chat>/tasks/", chats.add, name="chat-task-add"),
    path("chats/<str:chat>/tasks/<int:n>/", chats.tick, name="chat-task-tick"),
    path("chats/<str:chat>/close/", chats.close, name="chat-close"),
    path("chats/<str:chat>/reopen/", chats.reopen, name="chat-reopen"),
    path("mentions/", comments.names, name="mentions"),
    path("jobs/<int:job>/comments/", comments.on_job, name="job-comment"),
    path("clients/<int:account>/notes/", comments.on_account, name="account-note"),
]
