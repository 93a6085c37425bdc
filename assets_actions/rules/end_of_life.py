"""Days on which support ended or ends: the defaults of settings.

Sources: Python's own `release-cycle.json` (of a month, its last day); Debian's and Ubuntu's, the table that Debian
keeps of both in its package distro-info-data 0.58+deb12u7 (of Debian the end of long-term support, of Ubuntu that of
standard support); CentOS, the table of Trivy (`pkg/detector/ospkg/redhat`); Azure Linux 2.0, Microsoft's page on its
support cycle (security updates end on AKS).
"""

from datetime import date

PYTHONS = {
    "2.7": date(2020, 1, 1),
    "3.5": date(2020, 9, 30),
    "3.6": date(2021, 12, 23),
    "3.7": date(2023, 6, 27),
    "3.8": date(2024, 10, 7),
    "3.9": date(2025, 10, 31),
    "3.10": date(2026, 10, 31),
    "3.11": date(2027, 10, 31),
    "3.12": date(2028, 10, 31),
    "3.13": date(2029, 10, 31),
}
DISTRIBUTIONS = {
    "centos 7": date(2024, 6, 30),
    "centos 8": date(2021, 12, 31),
    "debian 8": date(2020, 6, 30),
    "debian 9": date(2022, 6, 30),
    "debian 10": date(2024, 6, 30),
    "debian 11": date(2026, 8, 31),
    "debian 12": date(2028, 6, 30),
    "debian 13": date(2030, 6, 30),
    "mariner 2.0": date(2025, 11, 30),
    "ubuntu 14.04": date(2019, 4, 25),
    "ubuntu 16.04": date(2021, 4, 30),
    "ubuntu 18.04": date(2023, 5, 31),
    "ubuntu 20.04": date(2025, 5, 29),
    "ubuntu 22.04": date(2027, 6, 1),
    "ubuntu 24.04": date(2029, 5, 31),
    "ubuntu 26.04": date(2031, 5, 29),
}
