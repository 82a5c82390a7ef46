"""The API's router: the same filters, querysets, forms and verbs as the pages."""

from rest_framework.routers import SimpleRouter

from commitments.api import CommitmentViewSet
from commitments.enquiry_api import EnquiryViewSet
from kring.meetings.api import MeetingViewSet
from members.api import DistrictViewSet, OrganisationViewSet, SectorViewSet
from members.membership_api import MembershipViewSet
from offerings.api import CategoryViewSet, NeedViewSet, OfferingViewSet

router = SimpleRouter(use_regex_path=False)
router.register("organisations", OrganisationViewSet, basename="organisation")
router.register("memberships", MembershipViewSet, basename="membership")
router.register("sectors", SectorViewSet, basename="sector")
router.register("districts", DistrictViewSet, basename="district")
router.register("categories", CategoryViewSet, basename="category")
router.register("offerings", OfferingViewSet, basename="offering")
router.register("needs", NeedViewSet, basename="need")
router.register("enquiries", EnquiryViewSet, basename="enquiry")
router.register("commitments", CommitmentViewSet, basename="commitment")
router.register("meetings", MeetingViewSet, basename="meeting")

app_name = "api"
urlpatterns = router.urls
