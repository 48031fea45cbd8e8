//! Ids, money, days, contacts, clocks and limits: what every part of Dangol shares, without any I/O.
