"""Read the program's page: the conference's old page as it was published, and our own.

Our public page is read by the same code as everybody else's, so its mark-up is a contract. What
the template of the public page must write, and nothing else inside ``<main>`` after "Abstracts":

- One ``<main>`` and, after it, one ``<footer>``. What belongs to the frame (top bar, menus) stays
  outside both or in ``<nav>``. ``<nav>``, ``<form>``, ``<script>``, ``<style>``, ``<template>``,
  ``<noscript>`` and everything with the attribute ``hidden`` count as absent.
- ``<h1>`` is the conference's title, alone. ``<p class="when">`` after it may hold dates and
  place; it is not read.
- The introduction is what stands between the ``<h1>`` and the first ``<h2>``. Every other section
  is ``<h2 id="KEY">Title</h2>`` (KEY as ``Section.key``), then its text in
  ``<div class="typed">TEXT</div>`` and, if it has a link, ``<p><a href="URL">URL</a></p>`` (the
  text of the link is the URL). The contact section is not here but in the footer.
- ``class="typed"`` means ``white-space: pre-wrap``: the text stands between the tags exactly as
  typed, without line breaks or indentation of the template's own. URLs in it may be links.
- The schedule starts with ``<h2 id="schedule">Talks / Schedule</h2>``. Per day
  ``<h2 id="day1">Day 1</h2>`` and one ``<table>`` with ``<caption>``, ``<thead>`` and one ``<tr>``
  per slot. Cells are known by their class, so headings may be translated:
  ``<th scope="row" class="talk">`` with ``<a href="#t-CODE">Title</a>`` (a break: its bare title),
  ``<td class="time">`` with ``<time datetime="2025-11-19T09:30:00+01:00">09:30</time>–<time
  datetime="2025-11-19T09:55:00+01:00">09:55</time>`` (start, then end, with offset or ``Z``; a
  "+1 day" mark may follow), ``<td class="room">`` with the room's name, ``<td class="slides">``
  and ``<td class="video">``. Rows stay in the order of the program.
- The slot of a canceled talk is a row ``<tr class="canceled">`` or left out; the reader skips it.
  A canceled talk has no entry among the abstracts.
- Accepted talks without a slot are listed after the last day under
  ``<h2 id="unscheduled">…</h2>`` in a ``<ul>``.
- Then ``<h2 id="abstracts">Abstracts</h2>`` and per talk exactly these three elements, each
  starting on a line of its own in the source, one right after the other, in the order of
  ``Program.in_order()``::

    <h3 id="t-CODE">Title <a href="#day1">|TOP|</a></h3>
    <p class="speakers">Speaker(s): Ann Lee, Acme; Bob Ray (Org, Inc.)</p>
    <div class="abstract typed">abstract as typed</div>

  The heading's text ends in `` |TOP|`` and holds nothing but the title before it (the title may
  itself be a link to the talk's page; slides and videos are in the table). ``|TOP|`` of a talk
  without a slot points to ``#unscheduled``. The line of speakers is
  ``write_speakers(talk.speakers)``; names in it may be links. An imported talk's old anchor is kept
  as ``<a id="t1"></a>`` inside its ``<h3>``, before the title.
- Elements around the three (``<article>``, ``<section>``, ``<div>``) are fine, text is not.
- ``<footer>`` starts with ``<h2>Contact <a href="#top">|TOP|</a></h2>`` (its text is the marker
  line ``FOOTER``; it is part of the grammar and never translated, like ``|TOP|``, ``Day 1``,
  ``Abstracts`` and ``Speaker(s):``), then the contact section's text in
  ``<div class="typed">TEXT</div>``.

Where a conference shows Markdown, an abstract is what Markdown made of it, in a
``<div class="abstract">`` without ``typed``; reading back then gives the words, not the marks.

Why a real HTML5 parser: pages written by hand leave tags open, and a browser is what their authors
checked them with.
"""
