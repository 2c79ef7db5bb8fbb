#!/usr/bin/env bash
# Guess: a locale whose country is gone (SU, the Soviet Union) keeps it or is refused, so that somebody notices an old profile.
# Seen on 30 November 2026 (@formatjs/intl-locale 5.3.12, and `Intl.Locale` of Node 20.20.2 with ICU 78.2): SU is replaced silently by
#   one of fifteen countries, chosen by the language. "hy-SU" is Armenia, "kk-SU" Kazakhstan, "tk-SU" Turkmenistan; "ru-SU", "en-SU" and
#   "und-SU" are Russia. The rules of locale identifiers (UTS 35) say so.
# Why it matters: the language of a profile is the one that she reads in. A teacher of Tashkent whose old profile says "ru-SU" becomes
#   one of Russia, with its contact hours. Gramota reads a country from no locale, and "SU" and "СССР" are unknown to it: it asks.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent @formatjs/intl-locale@5.3.12
cat > locales.mjs <<'JS'
import { Locale } from '@formatjs/intl-locale';
for (const tag of ['hy-SU', 'kk-SU', 'tk-SU', 'uz-SU', 'ru-SU', 'en-SU', 'und-SU'])
  console.log(`${tag}: package ${new Locale(tag)}, this Node ${new Intl.Locale(tag)}`);
JS
seen=$(node locales.mjs)
echo "$seen"
expected='hy-SU: package hy-AM, this Node hy-AM
kk-SU: package kk-KZ, this Node kk-KZ
tk-SU: package tk-TM, this Node tk-TM
uz-SU: package uz-UZ, this Node uz-UZ
ru-SU: package ru-RU, this Node ru-RU
en-SU: package en-RU, this Node en-RU
und-SU: package und-RU, this Node und-RU'
[ "$seen" = "$expected" ] && echo PASS && exit 0
echo CHANGED; exit 1
